package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/events/intake"
)

// Headers of requests to the service and of its answers.
const (
	headerStatus = "Kaohe-Status"  // of HTTP
	headerAtomic = "Kaohe-Atomic"  // ?atomic=
	headerDryRun = "Kaohe-Dry-Run" // ?dry_run=

	// headerRoom is what a request may need for headers: the server's limit is for both.
	headerRoom = 4 << 10
)

// questions are the endpoints of the service that answer, by the paths that do so over HTTP.
var questions = map[string]string{
	"/v1/scorecard":   "kaohe.v1.scorecard",
	"/v1/explain":     "kaohe.v1.explain",
	"/v1/targets":     "kaohe.v1.targets",
	"/v1/restatement": "kaohe.v1.restatement",
	"/v1/catalogue":   "kaohe.v1.catalogue",
	"/v1/findings":    "kaohe.v1.findings",
}

const (
	emitPath     = "/v1/events"
	emitSubject  = "kaohe.v1.emit"
	eventPath    = "/v1/events/"
	eventSubject = "kaohe.v1.event"
)

// overNATS is the way to a server's service "kaohe" over NATS. The connection is made with the first request. It is not
// mended when it breaks: the next request makes another.
type overNATS struct {
	c    *cli
	dial func() (*nats.Conn, error)

	mu   sync.Mutex
	conn *link
}

// link is one connection. Its context ends, with the reason, when the server forbids something on it: what waits for an
// answer would wait in vain.
type link struct {
	*nats.Conn
	ctx context.Context
	end context.CancelCauseFunc
}

// maxBody is what the server takes as one message, as soon as that is known.
func (n *overNATS) maxBody() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	limit := 1 << 20 // of a server that is left as it comes
	if n.conn != nil {
		limit = int(n.conn.MaxPayload())
	}
	return min(limit-headerRoom, intake.MaxBody)
}

func (n *overNATS) try(ctx context.Context, r request) (answer, error) {
	msg, err := n.message(r)
	if err != nil {
		return answer{}, err
	}
	conn, err := n.connected()
	if err != nil {
		return forbidden(err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	defer context.AfterFunc(conn.ctx, cancel)()
	reply, err := conn.RequestMsgWithContext(ctx, msg)
	switch {
	case conn.ctx.Err() != nil:
		return forbidden(context.Cause(conn.ctx))
	case errors.Is(err, nats.ErrMaxPayload):
		return problemAnswer(http.StatusRequestEntityTooLarge, n.c.sayf("请求有 %d 字节，服务的 NATS 一次至多 %d 字节；请改用 http:// 地址，或分几次发送", "the request has %d bytes, and the server takes at most %d at once over NATS; use its http:// address or send less at once", len(msg.Data), conn.MaxPayload()))
	case err != nil:
		return answer{}, err
	}
	return n.answer(reply)
}

// connected returns the connection, and makes one if there is none.
func (n *overNATS) connected() (*link, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conn != nil && n.conn.IsConnected() && n.conn.ctx.Err() == nil {
		return n.conn, nil
	}
	conn, err := n.dial()
	if err != nil {
		return nil, err
	}
	if n.conn != nil {
		n.conn.Close()
	}
	n.conn = &link{Conn: conn}
	n.conn.ctx, n.conn.end = context.WithCancelCause(context.Background())
	end := n.conn.end
	conn.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			end(err)
		}
	})
	return n.conn, nil
}

// forbidden turns what NATS itself refuses into the answer that the server would give over HTTP.
func forbidden(err error) (answer, error) {
	status := 0
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked), errors.Is(err, nats.ErrAccountAuthExpired):
		status = http.StatusUnauthorized
	case errors.Is(err, nats.ErrPermissionViolation):
		status = http.StatusForbidden
	default:
		return answer{}, err
	}
	return problemAnswer(status, err.Error())
}

func problemAnswer(status int, title string) (answer, error) {
	body, err := json.Marshal(intake.Problem{Title: title, Status: status})
	return answer{status: status, body: body}, err
}

// message writes a request as the service takes it: events as over HTTP, a question as an object of its parameters.
func (n *overNATS) message(r request) (*nats.Msg, error) {
	msg := nats.NewMsg(questions[r.path])
	msg.Header.Set("Accept-Language", string(n.c.lang))
	if r.method == http.MethodPost && r.path == emitPath {
		msg.Subject, msg.Data = emitSubject, r.body
		msg.Header.Set("Content-Type", r.contentType)
		for name, header := range map[string]string{"atomic": headerAtomic, "dry_run": headerDryRun} {
			if r.query.Has(name) {
				msg.Header.Set(header, r.query.Get(name))
			}
		}
		return msg, nil
	}
	params := map[string]string{}
	for name := range r.query {
		params[name] = r.query.Get(name)
	}
	if position, ok := strings.CutPrefix(r.path, eventPath); ok {
		msg.Subject = eventSubject
		if position != "by-id" {
			params["position"] = position
		}
	}
	if msg.Subject == "" || r.method != http.MethodGet {
		return nil, n.c.errorf("%s %s 不能经 NATS 进行；请用服务的 http:// 地址", "%s %s is not to be had over NATS; use the server's http:// address", r.method, r.path)
	}
	var err error
	msg.Data, err = json.Marshal(params)
	return msg, err
}

// answer reads a reply of the service. One that it did not write itself, such as that its handler failed, has the error
// headers of NATS services only.
func (n *overNATS) answer(reply *nats.Msg) (answer, error) {
	text := reply.Header.Get(headerStatus)
	if text == "" {
		text = reply.Header.Get("Nats-Service-Error-Code")
	}
	status, err := strconv.Atoi(text)
	if err != nil || status < 200 || status > 599 {
		return answer{}, n.c.errorf("在 %s 回答的不是 kaohe 服务", "what answers at %s is not the service kaohe", reply.Subject)
	}
	if title := reply.Header.Get("Nats-Service-Error"); title != "" && len(reply.Data) == 0 {
		return problemAnswer(status, title)
	}
	if len(reply.Data) > maxAnswer {
		return answer{}, n.c.tooLong()
	}
	return answer{status, reply.Data, retryAfter(status, reply.Header.Get("Retry-After"))}, nil
}
