package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/kaohe/kaohe/events/intake"
)

// rubbish is one way of sending what is no event.
type rubbish struct {
	name, contentType string
	header            http.Header
	body              func(chance *rand.Rand) []byte
	want              []int // the statuses that say so; 0: the connection may end without an answer that can be read
	query             string
}

// rubbishes are all the ways. A valid event in them would be of the source crowd:rubbish.
func rubbishes() []rubbish {
	const event, batch = intake.MediaEvent, intake.MediaBatch
	fact := func(c *rand.Rand) string { return drawFact(c, "crowd:rubbish", fmt.Sprint(c.Uint64())).json() }
	is := func(s string) func(*rand.Rand) []byte { return func(*rand.Rand) []byte { return []byte(s) } }
	swap := func(old, new string) func(*rand.Rand) []byte {
		return func(c *rand.Rand) []byte { return []byte(strings.Replace(fact(c), old, new, 1)) }
	}
	valid := func(c *rand.Rand) []byte { return []byte(fact(c)) }
	return []rubbish{
		{"random bytes", event, nil, func(c *rand.Rand) []byte { return randomBytes(c, 1+c.IntN(4096)) }, []int{400}, ""},
		{"random bytes as a batch", batch, nil, func(c *rand.Rand) []byte { return randomBytes(c, 1+c.IntN(1<<20)) }, []int{400, 413}, ""},
		{"nothing", event, nil, is(""), []int{400}, ""},
		{"an empty batch", batch, nil, is("[]"), []int{400}, ""},
		{"a form", "application/x-www-form-urlencoded", nil, is("type=PatentGranted&kind=invention"), []int{415}, ""},
		{"another charset", event + "; charset=gb18030", nil, valid, []int{415}, ""},
		{"another format", "application/cloudevents+xml", nil, valid, []int{415}, ""},
		{"one event as a batch", batch, nil, valid, []int{400}, ""},
		{"a batch as one event", event, nil, func(c *rand.Rand) []byte { return []byte("[" + fact(c) + "]") }, []int{400}, ""},
		{"huge headers", event, http.Header{"X-Rubbish": {strings.Repeat("x", 80<<10)}}, valid, []int{0, 431}, ""},
		{"17 MiB as a batch", batch, nil, func(c *rand.Rand) []byte {
			return append([]byte("["+fact(c)+","), bytes.Repeat([]byte(" "), 17<<20)...)
		}, []int{0, 413}, ""},
		{"17 MiB as one event", event, nil, func(*rand.Rand) []byte { return bytes.Repeat([]byte(`{"a":`), 17<<20/5) }, []int{0, 413}, ""},
		{"a compressed bomb", batch, http.Header{"Content-Encoding": {"gzip"}}, func(*rand.Rand) []byte { return zipped(bytes.Repeat([]byte(" "), 64<<20)) }, []int{0, 413}, ""},
		{"what is not compressed", batch, http.Header{"Content-Encoding": {"gzip"}}, valid, []int{400}, ""},
		{"another compression", batch, http.Header{"Content-Encoding": {"br"}}, valid, []int{415}, ""},
		{"headers without a version", "application/json", http.Header{"Ce-Type": {"PatentGranted"}, "Ce-Source": {"crowd:rubbish"}}, is(`{"kind":"invention"}`), []int{422}, ""},
		{"headers that cannot be decoded", "application/json", http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {"%zz"}}, is("{}"), []int{400}, ""},
		{"headers for half an event", event, http.Header{"Ce-Id": {"1"}}, is(`{"specversion":"1.0","type":"PatentGranted"}`), []int{422}, ""},
		{"huge attributes", "application/json", http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {strings.Repeat("1", 30<<10)}}, is("{}"), []int{431}, ""},
		{"a text with the headers of an event", "text/plain", http.Header{"Ce-Specversion": {"1.0"}}, is("证书"), []int{415}, ""},
		{"deep JSON", event, nil, is(strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)), []int{400, 413, 422}, ""},
		{"deep data", event, nil, func(c *rand.Rand) []byte {
			return []byte(strings.Replace(fact(c), `"data":{`, `"data":{"x":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)+",", 1))
		}, []int{422}, ""},
		{"many empty arrays", batch, nil, is("[" + strings.Repeat("[],", 9_999) + "[]]"), []int{422}, ""},
		{"too many of them", batch, nil, is("[" + strings.Repeat("0,", 10_000) + "0]"), []int{413}, ""},
		{"invalid UTF-8", event, nil, swap(`"crowd:rubbish"`, "\"crowd:\xc3\x28\""), []int{400, 422}, ""},
		{"GB18030 instead of UTF-8", event, nil, swap(`"data":{`, "\"data\":{\"note\":\"\xb3\xcc\xd0\xf2\","), []int{400, 422}, ""},
		{"NUL", event, nil, swap(`"data":{`, `"data":{"note":"\u0000",`), []int{422}, ""},
		{"half a surrogate", event, nil, swap(`"data":{`, `"data":{"note":"\ud800",`), []int{400, 422}, ""},
		{"a name twice", event, nil, swap(`"specversion":"1.0"`, `"specversion":"1.0","specversion":"1.0"`), []int{400, 422}, ""},
		{"another version", event, nil, swap(`"1.0"`, `"0.3"`), []int{422}, ""},
		{"a type that nobody knows", event, nil, swap(`"type":"`, `"type":"Un`), []int{422}, ""},
		{"a unit that nobody knows", event, nil, swap(`"org":"45`, `"org":"99`), []int{422}, ""},
		{"a day that is none", event, nil, swap(`"time":"2018-0`, `"time":"2018-9`), []int{422}, ""},
		{"a field that nobody knows", event, nil, swap(`"data":{`, `"data":{"垃圾":1,`), []int{422}, ""},
		{"no data", event, nil, swap(`"data":`, `"date":`), []int{422}, ""},
		{"a batch of wrong ones", batch, nil, func(c *rand.Rand) []byte {
			return []byte("[" + strings.TrimSuffix(strings.Repeat(strings.Replace(fact(c), `"1.0"`, `1.0`, 1)+",", 500), ",") + "]")
		}, []int{422}, ""},
		{"all or nothing with one that is wrong", batch, nil, func(c *rand.Rand) []byte {
			return []byte("[" + fact(c) + "," + strings.Replace(fact(c), `"1.0"`, `"2.0"`, 1) + "]")
		}, []int{422}, "?atomic=true"},
		{"a parameter that nobody knows", event, nil, valid, []int{400}, "?atmoic=true"},
	}
}

func randomBytes(chance *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(chance.Uint32())
	}
	return b
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// sendRubbish sends one way of rubbish after the other until ctx ends, and each of them once in any case. It returns how
// much it sent.
func sendRubbish(ctx context.Context, url string, chance *rand.Rand) (sent int, err error) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	for kinds := rubbishes(); sent < len(kinds) || ctx.Err() == nil; sent++ {
		r := kinds[sent%len(kinds)]
		code, answer, err := r.send(client, url, chance)
		if err != nil {
			return sent, fmt.Errorf("rubbish: %s: %w", r.name, err)
		}
		if !slices.Contains(r.want, code) {
			return sent, fmt.Errorf("rubbish: %s is answered by %d, want one of %v: %s", r.name, code, r.want, answer)
		}
	}
	return sent, nil
}

func (r *rubbish) send(client *http.Client, url string, chance *rand.Rand) (code int, answer []byte, err error) {
	req, err := http.NewRequest(http.MethodPost, url+"/v1/events"+r.query, bytes.NewReader(r.body(chance)))
	if err != nil {
		return 0, nil, err
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", r.contentType)
	resp, err := client.Do(req)
	if err != nil {
		if isCut(err) {
			return 0, nil, nil
		}
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, 1000))
	if err != nil && !isCut(err) {
		return 0, nil, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, answer, nil
}

// isCut tells whether the server closed the connection while we were still sending.
func isCut(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || strings.Contains(fmt.Sprint(err), "server closed")
}

// dawdle opens connections and sends a byte now and then, of a head or of a body, until ctx ends.
func dawdle(ctx context.Context, addr string) {
	const connections = 16
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for i := range connections {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			continue
		}
		conns = append(conns, c)
		head := "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + intake.MediaBatch + "\r\n"
		if i%2 == 0 {
			head += "Content-Length: 16000000\r\n\r\n["
		}
		_, _ = io.WriteString(c, head)
	}
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
			for _, c := range conns {
				_, _ = io.WriteString(c, " ")
			}
		}
	}
}
