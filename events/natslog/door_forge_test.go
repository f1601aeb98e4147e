package natslog_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// wire speaks to the server without a library.
type wire struct {
	net.Conn
	r *textproto.Reader
}

func (h *house) wire(t *testing.T, connect string) *wire {
	t.Helper()
	c := value(net.Dial("tcp", h.DoorAddr()))(t)
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	w := &wire{c, textproto.NewReader(bufio.NewReader(c))}
	value(w.r.ReadLine())(t) // INFO
	w.send(t, "CONNECT "+connect+"\r\nPING\r\n")
	return w
}

func (w *wire) send(t *testing.T, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
}

// next returns the next line that is none of the connection's own.
func (w *wire) next(t *testing.T) string {
	t.Helper()
	for {
		line, err := w.r.ReadLine()
		if err != nil {
			return err.Error()
		}
		if line != "PONG" && line != "PING" && !strings.HasPrefix(line, "INFO") {
			return line
		}
	}
}

// ask sends a request with a header block and returns what the service answers.
func (w *wire) ask(t *testing.T, header string) string {
	t.Helper()
	header = "NATS/1.0\r\n" + header + "\r\n"
	w.send(t, fmt.Sprintf("SUB _INBOX.me 1\r\nHPUB kaohe.v1.who _INBOX.me %d %d\r\n%s\r\n", len(header), len(header), header))
	if first := w.next(t); !strings.HasPrefix(first, "MSG _INBOX.me 1 ") && !strings.HasPrefix(first, "HMSG") {
		return first
	}
	return w.next(t)
}

const clerk = `{"verbose":false,"headers":true,"auth_token":"token-of-qinbei"`

// The server says who is asking, whatever a client says.
func TestNobodySpeaksForAnother(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	qinnan, _ := h.client(t, nats.Token("token-of-qinnan"))
	if m, err := qinnan.Request("kaohe.v1.who", nil, wait); err != nil || string(m.Data) != "qinnan true" {
		t.Fatalf("Request() = %v, %v", m, err)
	}
	forged := `{"acc":"KAOHE_qinnan","user":"qinnan"}`
	for name, header := range map[string]string{
		"as it is":                   "Nats-Request-Info: " + forged + "\r\n",
		"twice":                      strings.Repeat("Nats-Request-Info: "+forged+"\r\n", 2),
		"in another case":            "nats-request-info: " + forged + "\r\n",
		"behind a bare newline":      "X: y\nNats-Request-Info: " + forged + "\r\n",
		"before an early end":        "X: y\nNats-Request-Info: " + forged + "\n\nZ: 1\r\n",
		"before an early end, whole": "Nats-Request-Info: " + forged + "\r\n\r\n",
		"without a value":            "Nats-Request-Info:\r\n",
		"folded":                     "X: y\r\n Nats-Request-Info: " + forged + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := h.wire(t, clerk+`}`)
			if got := w.ask(t, header); got != "qinbei true" && got != " false" {
				t.Errorf("the service sees %q, want qinbei or nobody", got)
			}
		})
	}
	for name, more := range map[string]string{
		"a user's name":    `,"user":"qinnan"}`,
		"an account":       `,"account":"KAOHE"}`,
		"an nkey":          `,"nkey":"qinnan"}`,
		"a jwt":            `,"jwt":"x"}`,
		"a second CONNECT": "}\r\nCONNECT " + `{"user":"qinnan","headers":true,"account":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := h.wire(t, clerk+more)
			if got := w.ask(t, ""); got != "qinbei true" && !strings.Contains(got, "Authorization Violation") {
				t.Errorf("the service sees %q, want qinbei", got)
			}
		})
	}
}

func TestSecondCONNECTIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	w := h.wire(t, clerk+`}`)
	w.send(t, "CONNECT "+`{"auth_token":"token-of-nobody"}`+"\r\nPUB kaohe.v1.who _INBOX.me 0\r\n\r\n")
	if got := w.next(t); !strings.Contains(got, "Authorization Violation") {
		t.Errorf("the server says %q, want a refusal", got)
	}
}
