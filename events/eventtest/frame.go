package eventtest

import (
	"bytes"
	"fmt"
	"strconv"
)

// frame is one message of the NATS client protocol: a line and, for those that carry one, a payload.
type frame struct {
	raw     []byte // everything, with the line ends
	verb    string
	subject string // of PUB, HPUB, MSG, HMSG
	reply   string
}

// split cuts the first frame off what has come of a stream; ok is false if it is not there as a whole yet.
func split(stream []byte) (f frame, rest []byte, ok bool, err error) {
	line, _, found := bytes.Cut(stream, []byte("\r\n"))
	if !found {
		return frame{}, stream, false, nil
	}
	size := len(line) + 2
	words := bytes.Fields(line)
	if len(words) > 0 {
		f.verb = string(bytes.ToUpper(words[0]))
	}
	if n, carries := payloads[f.verb]; carries {
		args := words[1:]
		if len(args) < n.args {
			return frame{}, nil, false, fmt.Errorf("not a NATS frame: %q", line)
		}
		payload, err := strconv.ParseUint(string(args[len(args)-1]), 10, 31)
		if err != nil {
			return frame{}, nil, false, fmt.Errorf("not a NATS frame: %q", line)
		}
		size += int(payload) + 2
		f.subject = string(args[0])
		if len(args) > n.args {
			f.reply = string(args[n.reply])
		}
	}
	if len(stream) < size {
		return frame{}, stream, false, nil
	}
	f.raw = stream[:size:size]
	return f, stream[size:], true, nil
}

// payloads says for the verbs that carry a payload how many arguments they have without a reply subject, and where the
// reply stands if there is one more. The last argument is the size of everything that follows the line.
var payloads = map[string]struct{ args, reply int }{
	"PUB":  {args: 2, reply: 1}, // PUB subject [reply] size
	"HPUB": {args: 3, reply: 1}, // HPUB subject [reply] header total
	"MSG":  {args: 3, reply: 2}, // MSG subject sid [reply] size
	"HMSG": {args: 4, reply: 2}, // HMSG subject sid [reply] header total
}
