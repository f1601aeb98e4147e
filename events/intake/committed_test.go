package intake_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
)

// Whoever wants to know of commits is told of those of this intake, each once, as they stand in the log.
func TestCommittedIsToldOfEachCommitOnce(t *testing.T) {
	type told struct {
		seq   uint64
		lines []string
	}
	heard := make(chan told, 10)
	g := newGate()
	r := start(t, g, func(o *intake.Options) {
		o.Committed = func(seq uint64, lines [][]byte) {
			one := told{seq: seq}
			for _, line := range lines {
				one.lines = append(one.lines, string(line))
			}
			heard <- one
		}
	})
	pass := func(fate error) {
		<-g.entered
		g.pass <- fate
	}
	go pass(events.ErrFull)
	if _, err := r.Emit(t.Context(), intake.Request{Events: [][]byte{training("a", 1)}, By: access.Local}); err == nil {
		t.Fatal("Emit() on a full disk gave a receipt")
	}
	go pass(nil)
	r.emit(t, training("a", 1), training("b", 2))
	r.emit(t, training("a", 1))
	go pass(nil)
	r.emit(t, training("c", 3))
	r.stop()
	close(heard)
	var got, want []told
	for one := range heard {
		got = append(got, one)
	}
	for seq := range uint64(2) {
		c, err := g.Log.Get(t.Context(), seq+1)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := c.Lines()
		if err != nil {
			t.Fatal(err)
		}
		one := told{seq: seq + 1}
		for _, line := range lines {
			one.lines = append(one.lines, string(line))
		}
		want = append(want, one)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(told{})); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}
