package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
)

// BenchmarkIntake emits facts of the default plan into a durable log, while a reader follows it as the projections do.
// It reports events a second, and how much longer it took than appending the same commits without any intake.
//
//	batches    one caller, requests of 1,000 events
//	emitters   32 callers at a time, requests of one event
func BenchmarkIntake(b *testing.B) {
	for _, bm := range []struct {
		name           string
		callers, batch int
	}{
		{"batches", 1, 1000}, {"batches-4-callers", 4, 1000}, {"emitters", 32, 1},
	} {
		b.Run(bm.name, func(b *testing.B) { benchmarkIntake(b, bm.callers, bm.batch) })
	}
}

func benchmarkIntake(b *testing.B, callers, batch int) {
	log := openLog(b)
	r := start(b, log, defaultPlan(b))
	senders := make([]*sender, callers)
	for i := range senders {
		senders[i] = newSender(b, uint64(i), batch)
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	runtime.GC()
	b.ReportAllocs()
	b.ResetTimer()
	for _, s := range senders {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				s.send(b, r.Intake)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	took := b.Elapsed()
	n := float64(b.N * batch)
	b.ReportMetric(n/took.Seconds(), "events/s")
	b.ReportMetric(0, "ns/op")
	commits := eventtest.MustChain(b, log)
	b.ReportMetric(n/float64(len(commits)), "events/commit")
	b.ReportMetric(float64(took)/float64(plainly(b, commits)), "times-plain-append")
}

// plainly appends the same bodies to another log and says how long it takes.
func plainly(b *testing.B, commits []events.Commit) time.Duration {
	log, ctx := openLog(b), context.Background()
	var head events.Head
	began := time.Now()
	for _, c := range commits {
		stored, err := log.Append(ctx, head, c.ID, c.Body)
		if err != nil {
			b.Fatal(err)
		}
		head = stored.Head()
	}
	return time.Since(began)
}

// BenchmarkPrepare validates facts of the default plan, with ids of the sender and with derived ones.
func BenchmarkPrepare(b *testing.B) {
	for _, derived := range []bool{false, true} {
		b.Run(fmt.Sprintf("derived=%v", derived), func(b *testing.B) {
			o := options(b, memory(), newReader(memory()))
			defaultPlan(b)(&o)
			in, err := intake.New(o)
			if err != nil {
				b.Fatal(err)
			}
			s := newSender(b, 1, 1000)
			if derived {
				for i, raw := range s.raw {
					from := bytes.Index(raw, []byte(`"id":"`))
					to := from + bytes.IndexByte(raw[from:], ',') + 1
					s.raw[i] = append(bytes.Clone(raw[:from]), raw[to:]...)
				}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, refusal := in.Prepare(s.raw[i%1000]); refusal != nil {
					b.Fatalf("%s: %s", s.raw[i%1000], refusal.Text.EN)
				}
			}
		})
	}
}

func openLog(b *testing.B) *natslog.Log {
	b.Helper()
	log, err := natslog.Open(eventtest.Context(b), natslog.NewOptions(b.TempDir()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return log
}

// defaultPlan makes an intake check what the default plan says, in 2026: the facts of the mix are of ten years.
func defaultPlan(b *testing.B) func(*intake.Options) {
	b.Helper()
	c, mistakes := catalogue.Load(os.DirFS("../../deploy/plan"))
	if c == nil {
		b.Fatalf("the default plan has %d mistakes, first %s", len(mistakes), mistakes[0].In(events.English))
	}
	return func(o *intake.Options) {
		o.Catalogue = c
		o.Now = func() time.Time { return today.AddDate(20, 0, 0) }
	}
}

// sender sends the same facts again and again, each time under new ids.
type sender struct {
	batch int
	raw   [][]byte
	ids   [][]byte // where the digits of the ids are in raw
	next  int
	n     int
	name  uint64
}

func newSender(b *testing.B, name uint64, batch int) *sender {
	b.Helper()
	mix := eventtest.NewMix(name)
	s := &sender{batch: batch, name: name}
	for range 1000 {
		raw := mix.Raw()
		from := bytes.Index(raw, []byte(`"id":"`)) + len(`"id":"`)
		to := from + bytes.IndexByte(raw[from:], '"')
		raw = append(fmt.Appendf(bytes.Clone(raw[:from]), "%02d-0000000000", name), raw[to:]...)
		s.raw = append(s.raw, raw)
		s.ids = append(s.ids, raw[from+3:from+13])
	}
	return s
}

func (s *sender) send(b *testing.B, in *intake.Intake) {
	if s.next+s.batch > len(s.raw) {
		s.next = 0
	}
	for i := s.next; i < s.next+s.batch; i++ {
		s.n++
		n := s.n
		for d := 9; d >= 0; d-- {
			s.ids[i][d] = byte('0' + n%10)
			n /= 10
		}
	}
	receipt, err := in.Emit(context.Background(), intake.Request{Events: s.raw[s.next : s.next+s.batch], By: access.Local})
	if fresh, _, _ := receipt.Counts(); err != nil || fresh != s.batch {
		b.Errorf("%d of %d are new, %v: %+v", fresh, s.batch, err, receipt.Events[:min(1, len(receipt.Events))])
	}
	s.next += s.batch
}
