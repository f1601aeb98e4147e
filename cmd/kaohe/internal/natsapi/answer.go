package natsapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/kaohe/kaohe/events"
)

// answer is what the handler writes. It holds as much as fits into one message.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	room   int // bytes that fit
	over   bool
}

func newAnswer(room int) *answer { return &answer{header: http.Header{}, room: room} }

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK { // not an informational one
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.over = a.over || a.body.Len()+len(b) > a.room; a.over {
		a.body = bytes.Buffer{}
		return len(b), nil
	}
	return a.body.Write(b)
}

// tooLarge is the problem of an answer that does not fit into a message. Of events something may have been recorded.
func (e *endpoint) tooLarge(room int) *problem {
	p := &problem{http.StatusRequestEntityTooLarge, "answer_too_large",
		events.Text{ZH: "回答过大", EN: "the answer is too large"},
		events.Text{
			ZH: fmt.Sprintf("回答超过一条 NATS 消息的上限（%d 字节）；请分页（limit、after），或少问一些，或改用 http:// 地址", room),
			EN: fmt.Sprintf("The answer does not fit into one NATS message (%d bytes). Ask for a page (limit, after) or for less, or use the http:// address.", room),
		}}
	if e.emits {
		p.detail = events.Text{
			ZH: fmt.Sprintf("回执超过一条 NATS 消息的上限（%d 字节）；除非是试运行，无误的事件已登记。请分成小批原样重发，以得知每条的结果；重复发送不会重复登记", room),
			EN: fmt.Sprintf("The receipt does not fit into one NATS message (%d bytes). Unless it was a dry run the good events are recorded. Send the same again in smaller batches to be told about each; nothing is recorded twice.", room),
		}
	}
	return p
}

// passedBack are the headers of an answer that the reply has.
var passedBack = []string{"Content-Type", "Content-Language", "Content-Location", "Retry-After", "Allow"}

// message makes the reply.
func (a *answer) message(subject string) *nats.Msg {
	m := nats.NewMsg(subject)
	m.Data = a.body.Bytes()
	for _, name := range passedBack {
		if v := a.header.Get(name); v != "" {
			m.Header.Set(name, v)
		}
	}
	status := strconv.Itoa(a.status)
	m.Header.Set(HeaderStatus, status)
	if a.status >= http.StatusBadRequest {
		m.Header.Set(micro.ErrorHeader, a.reason())
		m.Header.Set(micro.ErrorCodeHeader, status)
	}
	return m
}

// maxReason bounds what an error says in the header; all of it is in the body.
const maxReason = 512

// reason says in a line why a request was refused: the title of a problem, or of a receipt the first refusal.
func (a *answer) reason() string {
	var body struct {
		Title  string `json:"title"`
		Events []struct {
			Error *struct {
				Message string `json:"message"`
			} `json:"error"`
		} `json:"events"`
	}
	reason := http.StatusText(a.status)
	if json.Unmarshal(a.body.Bytes(), &body) == nil && body.Title != "" {
		reason = body.Title
	}
	for _, e := range body.Events {
		if e.Error != nil {
			reason = e.Error.Message
			break
		}
	}
	return oneLine(reason)
}

// oneLine makes a text fit for a header.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "")
	}
	return strings.TrimSpace(s)
}
