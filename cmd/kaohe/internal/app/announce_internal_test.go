package app

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

func twoTrees(t *testing.T) *events.Orgs {
	t.Helper()
	orgs, err := events.NewOrgs([]events.Org{
		{Code: "1"}, {Code: "1.1", Parent: "1"}, {Code: "1.1.a", Parent: "1.1"}, {Code: "1.1.b", Parent: "1.1"}, {Code: "1.2", Parent: "1"}, {Code: "2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return orgs
}

func TestAnnouncementsAreMadeWhereAllConcernedMayHear(t *testing.T) {
	n := &announcer{orgs: twoTrees(t)}
	for _, tt := range []struct {
		name  string
		units []string
		want  string
	}{
		{"one unit", []string{"1.1.a"}, "kaohe.event.X.1.1~1.1~1~a"},
		{"a root", []string{"2"}, "kaohe.event.X.2"},
		{"a unit twice", []string{"1.2", "1.2"}, "kaohe.event.X.1.1~2"},
		{"a unit and the one above", []string{"1.1.a", "1.1"}, "kaohe.event.X.1.1~1"},
		{"neighbours", []string{"1.1.a", "1.1.b"}, "kaohe.event.X.1.1~1"},
		{"three", []string{"1.1.a", "1.1.b", "1.2"}, "kaohe.event.X.1"},
		{"units of two trees", []string{"1.1.a", "2"}, "kaohe.event.X"},
		{"a unit that is not in the plan", []string{"1.1.a", "3"}, "kaohe.event.X"},
		{"nobody knows", nil, "kaohe.event.X"},
	} {
		if got := n.subject("X", tt.units); got != tt.want {
			t.Errorf("%s: subject = %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWhatAPrincipalMayHear(t *testing.T) {
	orgs := twoTrees(t)
	for _, tt := range []struct {
		name string
		by   access.Principal
		want []string
	}{
		{"everything", access.Local, []string{"kaohe.event.>"}},
		{"a subtree", access.Principal{Org: "1.1", Can: access.Read}, []string{"kaohe.event.*.1.1~1", "kaohe.event.*.1.1~1.>"}},
		{"nothing without read", access.Principal{Org: "1.1", Can: access.All &^ access.Read}, nil},
		{"nothing of a unit that is not in the plan", access.Principal{Org: "3", Can: access.All}, nil},
		{"nothing for nobody", access.Principal{}, nil},
	} {
		got := hears(tt.by, orgs)
		if len(got) != len(tt.want) || len(got) > 0 && got[len(got)-1] != tt.want[len(got)-1] {
			t.Errorf("%s: hears() = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What waits to be announced is bounded, and the writer never waits for it.
func TestAnnouncementsThatWaitAreBounded(t *testing.T) {
	counter := func() prometheus.Counter { return prometheus.NewCounter(prometheus.CounterOpts{Name: "x"}) }
	n := &announcer{
		wake: make(chan struct{}, 1), announced: counter(), dropped: counter(),
		folded: func(context.Context, uint64) error { return errors.New("never") },
	}
	line := bytes.Repeat([]byte{'x'}, 1<<20)
	for seq := range uint64(40) {
		n.committed(seq+1, [][]byte{line, nil})
	}
	if got := testutil.ToFloat64(n.dropped); got != 2*(40-32) {
		t.Errorf("%v events are dropped, want those of 8 commits", got)
	}
	for seq := range uint64(32) {
		if c, ok := n.first(); !ok || c.seq != seq+1 {
			t.Fatalf("first() = %d, %v, want %d: the first that came", c.seq, ok, seq+1)
		}
		n.done()
	}
	if _, ok := n.first(); ok || n.bytes != 0 {
		t.Errorf("%d bytes are left", n.bytes)
	}
}

// What was recorded just before the daemon stops is announced; what is not folded even then is dropped, and counted.
func TestLastAnnouncements(t *testing.T) {
	counter := func() prometheus.Counter { return prometheus.NewCounter(prometheus.CounterOpts{Name: "x"}) }
	ctx, stop := context.WithCancel(t.Context())
	n := &announcer{wake: make(chan struct{}, 1), announced: counter(), dropped: counter(), folded: func(ctx context.Context, seq uint64) error {
		stop() // while the first is waited for
		if seq > 2 {
			return errors.New("never")
		}
		return ctx.Err()
	}}
	silent := events.Event{Type: typePlan, Source: "s", ID: "i", Time: "2018-01-01T00:00:00+08:00", Org: "1", Schema: "s", Data: []byte(`{}`)}
	for seq := range uint64(4) {
		n.committed(seq+1, [][]byte{silent.AppendLine(nil)})
	}
	if err := n.run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := testutil.ToFloat64(n.dropped); got != 2 {
		t.Errorf("%v events are dropped, want the two that are never folded", got)
	}
}
