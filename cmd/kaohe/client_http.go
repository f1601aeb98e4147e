package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// overHTTP is the way to a server over HTTP or HTTPS.
type overHTTP struct {
	c     *cli
	base  string // http://127.0.0.1:8470, without a slash at the end
	token string // empty: none
	http  *http.Client
}

// httpClient returns a client of the server at an address.
func (c *cli) httpClient(base, token string, roots *x509.CertPool) *client {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTime}).DialContext,
		TLSHandshakeTimeout: connectTime,
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8, // for whoever sends several batches at a time
	}
	return c.newClient(base, &overHTTP{c, base, token, &http.Client{
		Timeout:   answerTime,
		Transport: t,
		// The server sends nobody elsewhere. Whoever does must not be handed the token, nor an event by GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}})
}

func (h *overHTTP) maxBody() int { return intake.MaxBody }

var errLongAnswer = errors.New("the answer is too long")

func (h *overHTTP) try(ctx context.Context, r request) (answer, error) {
	req, err := h.request(ctx, r)
	if err != nil {
		return answer{}, err
	}
	resp, err := h.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode/100 == 3 && to != "" {
		return answer{}, h.c.errorf("服务说它在别处: %s\n  请用 --server 指明真正的地址", "the server says that it is elsewhere: %s\n  name the real address with --server", indicators.Visible(to))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{}, err
	}
	if len(body) > maxAnswer {
		return answer{}, h.c.tooLong()
	}
	return answer{resp.StatusCode, body, retryAfter(resp.StatusCode, resp.Header.Get("Retry-After"))}, nil
}

// tooLong refuses an answer that could only be used by halves.
func (c *cli) tooLong() error {
	return c.errorf("服务的回答超过 %d MB，没有采用；请缩小查询范围（%w）", "the server's answer is longer than %d MB and was not used; ask for less (%w)", maxAnswer>>20, errLongAnswer)
}

func (h *overHTTP) request(ctx context.Context, r request) (*http.Request, error) {
	u := h.base + r.path
	if len(r.query) > 0 {
		u += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Language", string(h.c.lang))
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if h.token != "" {
		req.Header.Set("Authorization", "Bearer "+h.token)
	}
	// Not sent: it tells the library that repeating is safe, so that it tries again if the server has just closed the
	// connection.
	req.Header["Idempotency-Key"] = []string{}
	return req, nil
}

// loopback reports whether a host, as it stands in an address, is this machine.
func loopback(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
