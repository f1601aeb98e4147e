package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/kaohe/kaohe/indicators/metrics"
)

// streamed is the way over HTTP of an answer that may be longer than memory: a good one is read by whoever asked, as it comes.
type streamed struct {
	*overHTTP
	body io.ReadCloser
}

func (s *streamed) try(ctx context.Context, r request) (answer, error) {
	req, err := s.request(ctx, r)
	if err != nil {
		return answer{}, err
	}
	patient := *s.http
	patient.Timeout = 0 // it takes as long as it takes; attended notices when nothing comes any more
	resp, err := patient.Do(req)
	if err != nil {
		return answer{}, err
	}
	if resp.StatusCode == http.StatusOK {
		s.body = resp.Body
		return answer{status: resp.StatusCode}, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer{resp.StatusCode, body, retryAfter(resp.StatusCode, resp.Header.Get("Retry-After"))}, err
}

// stream sends a request, as often as the server wants to be asked again, and returns the answer while it still comes.
func (cl *client) stream(ctx context.Context, way *overHTTP, r request) (io.ReadCloser, error) {
	s := &streamed{overHTTP: way}
	again := *cl
	again.by = s
	a, err := again.send(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case a.status != http.StatusOK:
		return nil, cl.problem(a)
	}
	return s.body, nil
}

// errSilent says that the server has stopped sending in the middle.
var errSilent = errors.New("nothing has come for a minute")

// attended reads a body, and gives up when nothing comes any more.
type attended struct {
	body io.Reader
	stop context.CancelCauseFunc
}

func (a *attended) Read(b []byte) (int, error) {
	defer time.AfterFunc(answerTime, func() { a.stop(errSilent) }).Stop()
	return a.body.Read(b)
}

// copied is how much of a history has been written.
type copied struct{ samples, bytes int64 }

// errNoEnd says that a history came without its last line.
var errNoEnd = errors.New("the last line is missing")

// copyHistory writes a history as it comes. Its last line is held back until the answer has ended well: what lacks that line
// is not taken for whole by anybody.
func (c *cli) copyHistory(from io.Reader, p *progress) (done copied, err error) {
	lines, out := bufio.NewReaderSize(from, 1<<20), bufio.NewWriterSize(c.stdout, 64<<10)
	ended := false
	for err == nil {
		var line []byte
		line, err = lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0 && ended:
			n, _ := out.WriteString(metrics.HistoryEnd) // Flush returns what went wrong
			done.bytes += int64(n)
			return done, out.Flush()
		case errors.Is(err, io.EOF) || ended && err == nil:
			err = errNoEnd
		case err != nil:
		case string(line) == metrics.HistoryEnd:
			ended = true
		default:
			if !bytes.HasPrefix(line, []byte("#")) {
				done.samples++
			}
			done.bytes += int64(len(line))
			_, err = out.Write(line)
			p.update(done.bytes, int(done.samples))
		}
	}
	return done, errors.Join(err, out.Flush())
}

// cut says that a history was not written to its end, and why.
func (c *cli) cut(ctx context.Context, err error, done copied) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return c.errorf("历史数据在 %d 个样本后中断，写出的文件不完整（没有 # EOF），不能使用: %w",
		"the history was cut after %d samples; what was written is incomplete (it lacks # EOF) and of no use: %w", done.samples, err)
}
