package eventtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kaohe/kaohe/events"
)

// TestLog holds a Log to the contract of [events.Log]. Open returns an empty one and sees to its end with tb.Cleanup.
func TestLog(t *testing.T, open func(tb testing.TB) events.Log) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, events.Log)
	}{
		{"an empty log ends at 0 and has no commit", testEmpty},
		{"what was appended can be got and read", testAppended},
		{"a place that is taken stays taken", testMoved},
		{"the same commit sent twice is stored once", testRepeated},
		{"a head beyond the end is refused", testBeyond},
		{"what is not a commit is refused", testRefused},
		{"of many at one place one wins", testContended},
		{"the largest commits go through", testLarge},
		{"the writer may use its buffer again", testBuffer},
		{"an append that never began leaves no doubt", testCancelledAppend},
		{"reading begins after the sequence", testMiddle},
		{"reading goes on with what comes", testFollowed},
		{"readers follow while the log grows", testGrowing},
		{"reading ends with the error of the function", testStopped},
		{"reading ends with its context", testCancelledRead},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// asAppended compares commits but for the recording time, which an append does not know. Bodies are compared as a whole:
// half a megabyte byte by byte is not for cmp.
var asAppended = cmp.Options{cmpopts.IgnoreFields(events.Commit{}, "Recorded"), cmp.Comparer(bytes.Equal)}

func testEmpty(t *testing.T, log events.Log) {
	if end := MustEnd(t, log); end != 0 {
		t.Errorf("End() = %d, want 0", end)
	}
	for _, seq := range []uint64{0, 1, 1 << 40} {
		if _, err := log.Get(Context(t), seq); !errors.Is(err, events.ErrNotFound) {
			t.Errorf("Get(%d) = %v, want ErrNotFound", seq, err)
		}
	}
}

func testAppended(t *testing.T, log events.Log) {
	want := MustFill(t, log, events.Head{}, 5)
	if diff := cmp.Diff(want, MustRead(t, log, 0, 5), asAppended); diff != "" {
		t.Errorf("Read() differs from what Append returned (-want +got):\n%s", diff)
	}
	for i, c := range want {
		if c.Seq != uint64(i+1) || c.ID != fmt.Sprintf("c%d", i+1) {
			t.Errorf("Append() = commit %d %q, want %d", c.Seq, c.ID, i+1)
		}
		got, err := log.Get(Context(t), c.Seq)
		if err != nil {
			t.Fatalf("Get(%d) failed: %v", c.Seq, err)
		}
		if diff := cmp.Diff(c, got, asAppended); diff != "" {
			t.Errorf("Get(%d) differs from what Append returned (-want +got):\n%s", c.Seq, diff)
		}
		if got.Recorded.IsZero() {
			t.Errorf("Get(%d) has no recording time", c.Seq)
		}
	}
	if got := len(MustChain(t, log)); got != 5 {
		t.Errorf("the log has %d commits, want 5", got)
	}
}

func testMoved(t *testing.T, log events.Log) {
	commits := MustFill(t, log, events.Head{}, 3)
	for _, head := range []events.Head{{}, commits[0].Head(), commits[1].Head()} {
		if _, err := log.Append(Context(t), head, "late", Batch("late", 1, 50)); !errors.Is(err, events.ErrMoved) {
			t.Errorf("Append(after %d) = %v, want ErrMoved", head.Seq, err)
		}
	}
	if diff := cmp.Diff(commits, MustChain(t, log), asAppended); diff != "" {
		t.Errorf("the log has changed (-want +got):\n%s", diff)
	}
	MustAppend(t, log, commits[2].Head(), "late", Batch("late", 1, 50))
}

func testRepeated(t *testing.T, log events.Log) {
	first := MustFill(t, log, events.Head{}, 1)[0]
	for range 2 {
		again := MustAppend(t, log, events.Head{}, first.ID, first.Body)
		if diff := cmp.Diff(first, again, asAppended); diff != "" {
			t.Errorf("Append() again differs (-want +got):\n%s", diff)
		}
	}
	if end := MustEnd(t, log); end != 1 {
		t.Errorf("End() = %d, want 1", end)
	}
}

func testBeyond(t *testing.T, log events.Log) {
	head := MustFill(t, log, events.Head{}, 2)[1].Head()
	head.Seq++
	_, err := log.Append(Context(t), head, "far", Batch("far", 1, 50))
	if err == nil || errors.Is(err, events.ErrMoved) || errors.Is(err, events.ErrUnknown) {
		t.Errorf("Append(beyond the end) = %v, want an error that is neither ErrMoved nor ErrUnknown", err)
	}
	if end := MustEnd(t, log); end != 2 {
		t.Errorf("End() = %d, want 2", end)
	}
}

func testRefused(t *testing.T, log events.Log) {
	for name, try := range map[string]struct {
		id   string
		body []byte
	}{
		"without an id": {"", Batch("x", 1, 50)},
		"too large":     {"x", make([]byte, events.MaxCommit+1)},
	} {
		if _, err := log.Append(Context(t), events.Head{}, try.id, try.body); err == nil || errors.Is(err, events.ErrUnknown) {
			t.Errorf("Append(%s) = %v, want a clear refusal", name, err)
		}
	}
	if end := MustEnd(t, log); end != 0 {
		t.Errorf("End() = %d, want 0", end)
	}
}

func testContended(t *testing.T, log events.Log) {
	ctx := Context(t)
	const writers = 8
	errs := make(chan error)
	for i := range writers {
		go func() {
			id := fmt.Sprintf("w%d", i)
			_, err := log.Append(ctx, events.Head{}, id, Batch(id, 1, 50))
			errs <- err
		}()
	}
	won := 0
	for range writers {
		switch err := <-errs; {
		case err == nil:
			won++
		case !errors.Is(err, events.ErrMoved):
			t.Errorf("Append() = %v, want ErrMoved", err)
		}
	}
	if end := MustEnd(t, log); won != 1 || end != 1 {
		t.Errorf("%d writers won and the log ends at %d, want 1 and 1", won, end)
	}
}

func testLarge(t *testing.T, log events.Log) {
	var head events.Head
	var want []events.Commit
	for i := range 40 {
		id := fmt.Sprintf("big%d", i)
		line := Batch(id, 1, events.MaxCommit-events.BatchSize(1, 0))
		c := MustAppend(t, log, head, id, line)
		if len(c.Body) != events.MaxCommit {
			t.Fatalf("the body has %d bytes, want %d", len(c.Body), events.MaxCommit)
		}
		want = append(want, c)
		head = c.Head()
	}
	if !cmp.Equal(want, MustChain(t, log), asAppended) {
		t.Error("large commits come back changed")
	}
}

func testBuffer(t *testing.T, log events.Log) {
	body := Batch("a", 2, 80)
	want := string(body)
	c := MustAppend(t, log, events.Head{}, "a", body)
	clear(body)
	got, err := log.Get(Context(t), c.Seq)
	if err != nil || string(got.Body) != want {
		t.Errorf("Get() = %q, %v, want %q", got.Body, err, want)
	}
}

func testCancelledAppend(t *testing.T, log events.Log) {
	ctx, cancel := context.WithCancel(Context(t))
	cancel()
	_, err := log.Append(ctx, events.Head{}, "a", Batch("a", 1, 50))
	if !errors.Is(err, context.Canceled) || errors.Is(err, events.ErrUnknown) {
		t.Errorf("Append() = %v, want the context's error only", err)
	}
	if end := MustEnd(t, log); end != 0 {
		t.Errorf("End() = %d, want 0", end)
	}
}
