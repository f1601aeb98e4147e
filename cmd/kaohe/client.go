package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

const defaultServer = "http://" + app.DefaultListen

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 20

// client talks to a running daemon.
type client struct {
	c    *cli
	base string
	http *http.Client
	now  func() time.Time
}

// serverFlag adds --server to a command.
func (c *cli) serverFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("server", "", c.say("服务地址（默认 $KAOHE_SERVER，否则 "+defaultServer+"）", "address of the server (default $KAOHE_SERVER, else "+defaultServer+")"))
}

// client returns a client of the server named by the flag or the environment.
func (c *cli) client(server string) (*client, error) {
	if server == "" {
		server = c.env("KAOHE_SERVER")
	}
	if server == "" {
		server = defaultServer
	}
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, c.usagef("服务地址 %q 不对，应如 %s", "%q is not the address of a server, expected one like %s", server, defaultServer)
	}
	return &client{c, strings.TrimRight(server, "/"), &http.Client{Timeout: time.Minute}, time.Now}, nil
}

// answer is what the server said.
type answer struct {
	status int
	body   []byte
	retry  *time.Duration // the server wants to be asked again after it; nil if not
}

func (cl *client) get(ctx context.Context, path string, query url.Values) (answer, error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return cl.do(ctx, http.MethodGet, path, "", nil)
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

// patience bounds how long a command waits for a server that asks to come back later, such as one that is still reading
// its log. The time that the server takes to say so counts.
const patience = 10 * time.Second

// breath is the least time between two tries.
const breath = 10 * time.Millisecond

// do sends a request, and sends it again when the server says when to. Repeating is safe: an event that was recorded by
// an earlier try is recognised.
func (cl *client) do(ctx context.Context, method, path, contentType string, body []byte) (answer, error) {
	for begin := cl.now(); ; {
		a, err := cl.try(ctx, method, path, contentType, body)
		if err != nil || a.retry == nil || cl.now().Sub(begin)+*a.retry > patience {
			return a, err
		}
		select {
		case <-time.After(max(*a.retry, breath)):
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
}

func (cl *client) try(ctx context.Context, method, path, contentType string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, cl.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept-Language", string(cl.c.lang))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := cl.http.Do(req)
	if err != nil {
		return answer{}, cl.unreachable(ctx, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, cl.unreachable(ctx, err)
	}
	return answer{resp.StatusCode, b, retryAfter(resp)}, nil
}

// retryAfter returns when the server wants to be asked again, nil if it does not say.
func retryAfter(resp *http.Response) *time.Duration {
	if resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusTooManyRequests {
		return nil
	}
	seconds, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 20)
	if err != nil {
		return nil
	}
	d := time.Duration(seconds) * time.Second
	return &d
}

// unreachable explains why no answer came and what to do.
func (cl *client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return cl.c.errorf("连不上 %s: %w\n  请先启动服务: kaohe serve（或 kaohe demo）；服务在别处时用 --server 地址 或 KAOHE_SERVER",
		"cannot reach %s: %w\n  start the server first: kaohe serve (or kaohe demo); if it runs elsewhere say so with --server URL or KAOHE_SERVER", cl.base, err)
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
	if a.status == http.StatusBadRequest {
		return codedError{exitUsage, err}
	}
	return err
}

// catalogue asks what the server's plan knows.
func (cl *client) catalogue(ctx context.Context) (*api.Catalogue, error) {
	a, err := cl.get(ctx, "/v1/catalogue", nil)
	if err != nil {
		return nil, err
	}
	var known api.Catalogue
	if a.status != http.StatusOK || json.Unmarshal(a.body, &known) != nil {
		return nil, cl.problem(a)
	}
	return &known, nil
}
