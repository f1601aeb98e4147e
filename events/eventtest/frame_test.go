package eventtest

import (
	"bytes"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, frame, subject, reply string
	}{
		{"a line", "PING\r\n", "", ""},
		{"a long line", "INFO {\"server\":\"x\"}\r\n", "", ""},
		{"a subscription carries nothing", "SUB a.b q 7\r\n", "", ""},
		{"a publish", "PUB a.b 5\r\nhello\r\n", "a.b", ""},
		{"an empty publish", "pub a.b 0\r\n\r\n", "a.b", ""},
		{"a publish with a reply and line ends inside", "PUB a.b _INBOX.1 6\r\nhe\r\nlo\r\n", "a.b", "_INBOX.1"},
		{"a publish with headers", "HPUB a.b _INBOX.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "a.b", "_INBOX.1"},
		{"a message", "MSG a.b 9 2\r\nhi\r\n", "a.b", ""},
		{"a message with a reply", "MSG a.b 9 $JS.ACK.x 2\r\nhi\r\n", "a.b", "$JS.ACK.x"},
		{"a message with headers", "HMSG a.b 9 $JS.ACK.x 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "a.b", "$JS.ACK.x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n := range c.frame {
				if _, _, ok, err := split([]byte(c.frame[:n])); ok || err != nil {
					t.Fatalf("split(%q) = %v, %v, want it to wait for more", c.frame[:n], ok, err)
				}
			}
			f, rest, ok, err := split([]byte(c.frame + "PONG\r\n"))
			if !ok || err != nil || string(f.raw) != c.frame || string(rest) != "PONG\r\n" {
				t.Fatalf("split() = %q, %q, %v, %v", f.raw, rest, ok, err)
			}
			if f.subject != c.subject || f.reply != c.reply {
				t.Errorf("split() found subject %q and reply %q, want %q and %q", f.subject, f.reply, c.subject, c.reply)
			}
		})
	}
	for _, bad := range []string{"PUB a.b\r\n", "PUB a.b x\r\n", "PUB a.b -9\r\n", "MSG a 1 99999999999999999999\r\n"} {
		if _, _, _, err := split([]byte(bad)); err == nil {
			t.Errorf("split(%q) succeeded", bad)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"PING\r\n", "PUB a 2\r\nhi\r\n", "HMSG a 1 r 4 6\r\n", "\r\n", "MSG a 1 -3\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		f, rest, ok, err := split(stream)
		if err != nil {
			return
		}
		if joined := append(bytes.Clone(f.raw), rest...); !bytes.Equal(joined, stream) {
			t.Errorf("split(%q) = %q and %q", stream, f.raw, rest)
		}
		if ok && len(f.raw) == 0 {
			t.Errorf("split(%q) made no progress", stream)
		}
	})
}
