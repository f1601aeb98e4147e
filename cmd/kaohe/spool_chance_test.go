package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// wobbly is a line that breaks: before the server hears of a request, or before its answer is back.
type wobbly struct {
	transport
	chance *rand.Rand
}

var errLine = fmt.Errorf("the line is cut: %w", io.ErrUnexpectedEOF)

func (w *wobbly) try(ctx context.Context, r request) (answer, error) {
	switch w.chance.IntN(4) {
	case 0:
		return answer{}, errLine
	case 1:
		if _, err := w.transport.try(ctx, r); err != nil {
			return answer{}, err
		}
		return answer{}, errLine
	}
	return w.transport.try(ctx, r)
}

// TestOverAPoorLineEachIsRecordedOnceInOrder adds and sends at random over a line that breaks, with a real daemon. In the end each
// fact is recorded once, in the order in which they came.
func TestOverAPoorLineEachIsRecordedOnceInOrder(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	c, _ := commandLine(nil)
	for seed := range uint64(12) {
		chance := rand.New(rand.NewPCG(seed, 0))
		cl := c.httpClient(d.url, "", nil)
		cl.by = &wobbly{cl.by, chance}
		dir := filepath.Join(t.TempDir(), fmt.Sprint(seed))
		var sent [][]byte
		for range 25 {
			box := must1(c.outbox(cl, dir))
			switch chance.IntN(3) {
			case 0, 1:
				var batch [][]byte
				for range 1 + chance.IntN(3) {
					batch = append(batch, []byte(fmt.Sprintf(`{"specversion":"1.0","type":"EnvoyServiceRecorded","source":"test:line-%d","id":"%d","time":"2018-03-01","data":{"kind":"guidance"}}`, seed, len(sent)+len(batch))))
				}
				if _, _, err := box.send(t.Context(), batch...); err != nil {
					t.Fatal(err)
				}
				sent = append(sent, batch...)
			case 2:
				var line unreachableError
				if err := newFlusher(cl, box.spool).run(t.Context()); err != nil && !errors.As(err, &line) {
					t.Fatal(err)
				}
			}
		}
		cl.by = cl.by.(*wobbly).transport
		box := must1(c.outbox(cl, dir))
		must(newFlusher(cl, box.spool).run(t.Context()))
		inOrder(t, d, sent)
	}
}

// inOrder sends events again: each must be recorded already, behind the one before it.
func inOrder(t *testing.T, d *daemon, sent [][]byte) {
	t.Helper()
	a, err := d.post(intake.MediaBatch, append(append([]byte{'['}, bytes.Join(sent, []byte{','})...), ']'))
	if err != nil || len(a.Events) != len(sent) {
		t.Fatalf("send %d events again: %d answered, %v", len(sent), len(a.Events), err)
	}
	before := events.Position(0)
	for i, e := range a.Events {
		at, err := events.ParsePosition(e.Position)
		if err != nil || e.Status != intake.StatusRecorded || at <= before {
			t.Fatalf("event %d is %s at %s, want it recorded behind %v", i, e.Status, e.Position, before)
		}
		before = at
	}
}

// poison is a server that takes no request as a whole in which one event is: it cannot say which.
type poison struct{ transport }

func (p poison) try(ctx context.Context, r request) (answer, error) {
	if bytes.Contains(r.body, []byte("poison")) {
		return problemAnswer(http.StatusBadRequest, "no")
	}
	return p.transport.try(ctx, r)
}

func TestAnEventThatNoRequestMayHoldBlocksNoOther(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	c, _ := commandLine(nil)
	cl := c.httpClient(d.url, "", nil)
	cl.by = poison{cl.by}
	sp := must1(spool.Open(filepath.Join(t.TempDir(), "wait"), spool.DefaultLimit))
	var good [][]byte
	for i := range 20 {
		event := []byte(guidance(fmt.Sprint(i)))
		if i%7 == 3 {
			event = []byte(guidance(fmt.Sprint("poison", i)))
		} else {
			good = append(good, event)
		}
		if _, err := sp.Add(t.Context(), spool.Entry{Event: event}); err != nil {
			t.Fatal(err)
		}
	}
	f := newFlusher(cl, sp)
	must(f.run(t.Context()))
	if f.fresh != 17 || f.refused != 3 {
		t.Errorf("%d new, %d refused, want 17 and 3", f.fresh, f.refused)
	}
	inOrder(t, d, good)
	if n := must1(sp.Refusals(t.Context())); n != 3 {
		t.Errorf("%d in the file of the refused, want 3", n)
	}
}

// TestADraftOfWhichNothingCanBeMadeBlocksNoOther: somebody has changed it.
func TestADraftOfWhichNothingCanBeMadeBlocksNoOther(t *testing.T) {
	d := startDaemon(t, t.TempDir())
	d.awaitReady(t)
	wait := filepath.Join(t.TempDir(), "wait")
	sp := must1(spool.Open(wait, spool.DefaultLimit))
	odd := must1(json.Marshal(draft{Type: "PatentGranted", Assignments: []string{"a.1=x", "nonsense"}}))
	fine := must1(json.Marshal(draft{Type: "EnvoyTrainingHeld", Assignments: []string{"attendees=30"}, Time: "2018-03-05", Nth: 1}))
	if _, err := sp.Add(t.Context(), spool.Entry{Draft: odd}, spool.Entry{Draft: odd}, spool.Entry{Draft: fine}); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := invoke(t, nil, "flush", "--spool", wait, "--server", d.url)
	if code != exitRefused || stdout != "1 new, 0 already recorded, 2 refused\n" {
		t.Errorf("exit %d, stdout %q, stderr %q, want one of three recorded", code, stdout, stderr)
	}
}
