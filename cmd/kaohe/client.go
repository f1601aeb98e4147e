package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

// Bounds of an exchange with the server.
const (
	maxAnswer   = 64 << 20         // bytes of an answer
	answerTime  = time.Minute      // for one request and its answer
	connectTime = 10 * time.Second // for the connection, so that a dead network is noticed soon
)

// client talks to a running daemon. What it asks is put in terms of HTTP, however it gets there.
type client struct {
	c    *cli
	base string // where the server is, as people are told: without secrets
	by   transport
	now  func() time.Time
}

// transport takes one request to the server and brings the answer back. There is one over HTTP and one over NATS.
type transport interface {
	try(ctx context.Context, r request) (answer, error)
	// maxBody is how many bytes a request may hold.
	maxBody() int
}

// request is what the server is asked.
type request struct {
	method, path string // without the query
	query        url.Values
	contentType  string
	body         []byte
}

// answer is what the server said.
type answer struct {
	status int
	body   []byte
	retry  *time.Duration // the server wants to be asked again after it; nil if not
}

func (cl *client) get(ctx context.Context, path string, query url.Values) (answer, error) {
	return cl.send(ctx, request{method: http.MethodGet, path: path, query: query})
}

// ask asks a question and returns the answer, or what the server says is wrong with the question.
func (cl *client) ask(ctx context.Context, path string, query url.Values) ([]byte, error) {
	a, err := cl.get(ctx, path, query)
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, cl.problem(a)
	}
	return a.body, nil
}

// do sends a body to a path, which may have a query.
func (cl *client) do(ctx context.Context, method, path, contentType string, body []byte) (answer, error) {
	u, err := url.Parse(path)
	if err != nil {
		return answer{}, err
	}
	return cl.send(ctx, request{method, u.Path, u.Query(), contentType, body})
}

// maxBody is how many bytes of events the server takes at once, the way that it is reached.
func (cl *client) maxBody() int { return cl.by.maxBody() }

// patience bounds how long a command waits for a server that asks to come back later, such as one that is still reading
// its log. The time that the server takes to say so counts.
const patience = 10 * time.Second

// breath is the least time between two tries.
const breath = 10 * time.Millisecond

// send sends a request, and sends it again when the server says when to. Repeating is safe: an event that was recorded by
// an earlier try is recognised.
func (cl *client) send(ctx context.Context, r request) (answer, error) {
	for begin := cl.now(); ; {
		a, err := cl.by.try(ctx, r)
		if err != nil {
			return answer{}, cl.unanswered(ctx, err)
		}
		if a.retry == nil || cl.now().Sub(begin)+*a.retry > patience {
			return a, nil
		}
		select {
		case <-time.After(max(*a.retry, breath)):
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
}

// retryAfter returns when the server wants to be asked again, nil if it does not say.
func retryAfter(status int, header string) *time.Duration {
	if status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests {
		return nil
	}
	seconds, err := strconv.ParseUint(header, 10, 20)
	if err != nil {
		return nil
	}
	d := time.Duration(seconds) * time.Second
	return &d
}

// unreachableError says that no server answered. The request may have arrived all the same: repeating it is safe.
type unreachableError struct{ error }

func (e unreachableError) Unwrap() error { return e.error }

// unanswered explains why no answer came and what to do.
func (cl *client) unanswered(ctx context.Context, err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case untrusted(err):
		return cl.c.errorf("连不上 %s: %w\n  证书不受信任或 TLS 不匹配；用自己的 CA 时: --tls-ca 文件 或 KAOHE_TLS_CA（见 kaohe help connection）",
			"cannot reach %s: %w\n  the TLS connection was not made; if the server's certificate is of a CA of your own: --tls-ca FILE or KAOHE_TLS_CA (see kaohe help connection)", cl.base, err)
	case absent(err):
		return unreachableError{cl.c.errorf("连不上 %s: %w\n  请先启动服务: kaohe serve（或 kaohe demo）；服务在别处时用 --server 地址 或 KAOHE_SERVER",
			"cannot reach %s: %w\n  start the server first: kaohe serve (or kaohe demo); if it runs elsewhere say so with --server URL or KAOHE_SERVER", cl.base, err)}
	}
	return fmt.Errorf("%s: %w", cl.base, err)
}

// problem turns an answer that is not the one hoped for into an error: the server's own words where it sent some. What
// the server finds wrong with a question is wrong usage.
func (cl *client) problem(a answer) error {
	var p api.Problem
	if json.Unmarshal(a.body, &p) != nil || p.Title == "" {
		p.Title = fmt.Sprintf("%s: HTTP %d %s", cl.base, a.status, http.StatusText(a.status))
	}
	if p.Detail != "" {
		p.Title += ": " + p.Detail
	}
	err := errors.New(indicators.Visible(p.Title)) // it may say what an event says
	switch a.status {
	case http.StatusBadRequest:
		return codedError{exitUsage, err}
	case http.StatusUnauthorized:
		return codedError{exitRefused, cl.c.errorf("%w\n  请设置 KAOHE_TOKEN（或 --token-file 文件）；令牌由服务的管理员用 kaohe token create 发给",
			"%w\n  set KAOHE_TOKEN (or --token-file FILE); whoever runs the server makes a token with kaohe token create", err)}
	case http.StatusForbidden:
		return codedError{exitRefused, cl.c.errorf("%w\n  这个令牌的单位或权限不够；请服务的管理员用 kaohe token create --org 单位 --can 权限 另发一个",
			"%w\n  the token is not for this unit or may not do this; whoever runs the server makes another one with kaohe token create --org UNIT --can ...", err)}
	}
	return err
}

// catalogue asks what the server's plan knows.
func (cl *client) catalogue(ctx context.Context) (*forms.Catalogue, error) {
	a, err := cl.get(ctx, "/v1/catalogue", nil)
	if err != nil {
		return nil, err
	}
	var known forms.Catalogue
	if a.status != http.StatusOK || json.Unmarshal(a.body, &known) != nil {
		return nil, cl.problem(a)
	}
	return &known, nil
}
