package intake

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Intake takes events in. [Intake.Run] must run for it to take any; all other methods may be called at any time and by
// many goroutines.
type Intake struct {
	Options
	schemas map[*catalogue.Type]string
	refs    map[*catalogue.Type][]reference
	sources map[string]string // default source of each org
	metrics *metrics
	queue   *queue
	recall  *recall
	bodies  bodies
	ready   atomic.Bool

	full        atomic.Bool   // not ready, because there is no space to record the plan
	lastControl atomic.Uint64 // the last commit of this writer that holds a control event of its own
}

// New returns an intake. It fails if an option is missing, if a schema refers to names that nobody knows, or if the plan is
// too large to be recorded.
func New(o Options) (*Intake, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	in := &Intake{
		Options: o.withDefaults(), schemas: map[*catalogue.Type]string{}, refs: map[*catalogue.Type][]reference{},
		sources: map[string]string{}, recall: newRecall(o.Log),
	}
	for _, t := range in.Catalogue.Types() {
		in.schemas[t] = t.Schema()
		if !in.takes(t) {
			continue
		}
		refs, err := references(t, in.Resolve)
		if err != nil {
			return nil, err
		}
		in.refs[t] = refs
	}
	for _, code := range orgCodes(in.Orgs) {
		in.sources[code] = "kaohe:" + code
	}
	if err := in.Plan.validate(in); err != nil {
		return nil, err
	}
	in.queue = newQueue(in.Options.Queue)
	in.bodies.limit, in.bodies.by = int64(in.Options.Bodies), map[string]int64{}
	m, err := newMetrics(in)
	in.metrics = m
	return in, err
}

// Ready reports whether the intake takes events: the log was read to the end that it had at the start, and holds the plan.
func (in *Intake) Ready() bool { return in.ready.Load() }

// fact is one event of a request on its way through the intake.
type fact struct {
	by      access.Principal // who sends it
	event   events.Event
	key     events.Key
	line    []byte // canonical
	derived bool   // the id comes from the content
	sent    []byte // data of a control event before the writer completed it; nil for all others
	nth     int    // of a control event: how often it was given the id of the next one
	refusal *Refusal
	denied  *access.Denial // what its sender may not do
	first   *fact          // an earlier one of the same atomic request with equal id and content; it decides

	// Set by the writer.
	at    events.Position // 0 until it is in the log
	fresh bool            // stored now, not found there
	late  lateness        // if it is stored now

	odd []Warning // what is odd about it, once it is recorded
}

// Request is what somebody sends in at once.
type Request struct {
	Events [][]byte         // one to MaxBatch structured CloudEvents in JSON; they must not be changed until Emit has returned
	By     access.Principal // who sends them; the zero one may record nothing
	Atomic bool             // all are recorded by one commit, or none
	DryRun bool             // nothing is recorded: the receipt says what would be refused, and what is recorded already
}

// Emit takes a request and returns what became of each event. Good events are taken even if others are refused, unless the
// request is atomic. With an error nothing is known of the events; see the package's errors. Emit returns when the events
// are durable or ctx ends, which gives [events.ErrUnknown].
func (in *Intake) Emit(ctx context.Context, r Request) (Receipt, error) {
	receipt, err := in.emit(ctx, r)
	if err != nil {
		in.metrics.failed(err)
		return Receipt{}, err
	}
	if !r.DryRun {
		in.metrics.answered(receipt)
	}
	return receipt, nil
}

func (in *Intake) emit(ctx context.Context, r Request) (Receipt, error) {
	switch {
	case len(r.Events) == 0:
		return Receipt{}, ErrEmpty
	case len(r.Events) > MaxBatch:
		return Receipt{}, ErrTooMany
	case !in.Ready():
		return Receipt{}, in.queue.closedOr(in.notReady())
	case in.queue.full():
		return Receipt{}, ErrOverloaded // before the work of validating
	}
	facts := in.prepareAll(r.Events, r.By)
	bring, report := in.settle, in.receipt
	if r.DryRun {
		bring, report = in.rehearse, in.rehearsal
	}
	if err := bring(ctx, facts, r.Atomic); err != nil {
		return Receipt{}, err
	}
	in.noticeAll(facts)
	in.reportDenied(ctx, facts)
	return report(facts), nil
}

// noticeAll asks what is odd about the events that were recorded just now.
func (in *Intake) noticeAll(facts []fact) {
	if in.Notice == nil {
		return
	}
	var list []events.Event
	var of []*fact
	for i := range facts {
		if f := &facts[i]; f.fresh {
			list, of = append(list, f.asSent()), append(of, f)
		}
	}
	if len(list) == 0 {
		return
	}
	for i, warnings := range in.Notice(list) {
		of[i].odd = warnings
	}
}

// notReady says why the intake takes no events yet.
func (in *Intake) notReady() error {
	if in.full.Load() {
		return events.ErrFull
	}
	return ErrNotReady
}

// prepareAll validates a request, on all processors if it is a large one.
func (in *Intake) prepareAll(raw [][]byte, by access.Principal) []fact {
	const portion = 64
	facts := make([]fact, len(raw))
	workers := min(runtime.GOMAXPROCS(0), (len(raw)+portion-1)/portion)
	var next atomic.Int64
	var wg sync.WaitGroup
	work := func() {
		buf, list := arena{chunk: chunkFor(raw)}, listed(len(raw))
		for {
			from := int(next.Add(portion)) - portion
			if from >= len(raw) {
				return
			}
			for i := from; i < min(from+portion, len(raw)); i++ {
				facts[i].by = by
				in.prepareInto(&facts[i], raw[i], &buf, list)
			}
		}
	}
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	return facts
}

func (in *Intake) prepareInto(f *fact, raw []byte, buf *arena, list int) {
	p := preparation{in: in, by: f.by, list: list}
	f.refusal = p.run(raw)
	f.event, f.derived, f.denied = p.event, p.derived, p.denied
	if f.refusal != nil {
		return
	}
	f.line = buf.line(&f.event)
	if len(f.line) > events.MaxEvent {
		f.refusal = tooLarge(len(f.line), events.MaxEvent, events.Text{ZH: "规范形式的事件", EN: "the event in canonical form"})
		return
	}
	f.key = f.event.Key()
	if completed(f.event.Type) {
		f.sent = f.event.Data
	}
}

// settle brings the facts to their end: each has a position or a refusal if there was no error.
func (in *Intake) settle(ctx context.Context, facts []fact, atomic bool) error {
	for {
		open, err := in.sift(ctx, facts, atomic)
		if err != nil || len(open) == 0 {
			return err
		}
		r := newRequest(ctx, open, atomic && len(open) > 1) // one event is taken whole anyway
		if err := in.queue.push(r); err != nil {
			return err
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", events.ErrUnknown, context.Cause(ctx))
		}
		if r.err != nil {
			return r.err
		}
		if r.bounced {
			continue
		}
		if err := in.compareAll(ctx, open); err != nil || !undecided(open) {
			return err
		}
	}
}

// sift settles what can be settled without the writer, and returns the facts that it must see.
func (in *Intake) sift(ctx context.Context, facts []fact, atomic bool) ([]*fact, error) {
	open := make([]*fact, 0, len(facts))
	for i := range facts {
		f := &facts[i]
		if f.refusal != nil || f.at != 0 || f.first != nil {
			continue
		}
		for f.at == 0 && f.refusal == nil {
			at, known := in.IDs.Lookup(f.key)
			if !known {
				open = append(open, f)
				break
			}
			f.at = at
			if err := in.compare(ctx, f); err != nil {
				return nil, err
			}
		}
	}
	if atomic {
		open = oneEach(open)
		return holdBack(facts, open), nil
	}
	return open, nil
}

// arena holds the canonical lines of many events in few allocations. A chunk lives as long as somebody keeps one of its
// lines.
type arena struct {
	chunk int // size of the next allocations
	free  []byte
}

// chunkFor returns a size that suits a request: a lone event must not hold much more than itself.
func chunkFor(raw [][]byte) int {
	const most = 64 << 10
	size := 0
	for i := 0; i < len(raw) && size < most; i++ {
		size += len(raw[i]) + lineOverhead
	}
	return min(size, most)
}

// lineOverhead is about what a canonical line has beside the data and the names: the keys, the type, the time.
const lineOverhead = 200

func (a *arena) line(e *events.Event) []byte {
	need := len(e.Data) + len(e.Source) + len(e.ID) + lineOverhead
	if cap(a.free) < need {
		a.free = make([]byte, 0, max(a.chunk, need))
	}
	line := e.AppendLine(a.free)
	if len(line) <= cap(a.free) {
		a.free = line[len(line):]
	}
	return line[:len(line):len(line)]
}
