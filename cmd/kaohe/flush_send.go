package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// Bounds of one request of a flush. They are small enough for a poor connection, on which a request that breaks off is
// sent from its beginning.
const (
	flushEvents = 500
	flushBytes  = 256 << 10
)

const (
	flushEvery = 5 * time.Second // how often progress is told
	maxSaid    = 20              // remarks on single events that are shown
)

// flusher sends what waits in a spool.
type flusher struct {
	c     *cli
	cl    *client
	spool *spool.Spool
	echo  io.Writer // for how drafts were understood
	known *forms.Catalogue

	fresh, recorded, refused int
	said                     int // remarks on single events
	same                     int // events that say what was recorded before
	firstSame                string
	told                     time.Time
}

func newFlusher(cl *client, sp *spool.Spool) *flusher {
	return &flusher{c: cl.c, cl: cl, spool: sp, echo: cl.c.stderr, told: cl.now()}
}

// sent is how many events were answered for.
func (f *flusher) sent() int { return f.fresh + f.recorded + f.refused }

// run sends until nothing waits. With an error the rest still does.
func (f *flusher) run(ctx context.Context) error {
	release, err := f.spool.Sending()
	if err != nil {
		return err
	}
	sending, cut := context.WithCancel(context.WithoutCancel(ctx)) // what was sent is worth to wait for its answer
	defer cut()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWait, cut) })()
	err = f.all(sending, ctx.Err)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return errors.Join(err, release())
}

// all sends one batch after the other until nothing waits or somebody has interrupted it.
func (f *flusher) all(ctx context.Context, interrupted func() error) error {
	for {
		if err := interrupted(); err != nil {
			return err
		}
		list, err := f.spool.Batch(ctx, flushEvents, min(flushBytes, f.cl.maxBody()))
		if err != nil || len(list) == 0 {
			return err
		}
		if list[0].Draft != nil {
			err = f.complete(ctx, list[0])
		} else {
			err = f.send(ctx, list)
		}
		if err != nil {
			return err
		}
		if err := f.tell(ctx); err != nil {
			return err
		}
	}
}

// complete makes events of drafts. One of which nothing can be made is refused here.
func (f *flusher) complete(ctx context.Context, first spool.Entry) error {
	if err := f.learn(ctx); err != nil {
		return err
	}
	hopeless := false
	err := f.spool.Complete(ctx, func(text []byte) []byte {
		var d draft
		_ = json.Unmarshal(text, &d)
		event, notes := d.event(f.c, f.known)
		for _, note := range notes {
			f.c.line(f.echo, note)
		}
		hopeless = hopeless || event == nil && string(text) == string(first.Draft)
		return event
	})
	if err != nil || !hopeless {
		return err
	}
	reason := intake.ErrorAnswer{Code: intake.CodeInvalid, Message: f.c.say("无法组成事件", "no event can be made of it")}
	return f.settle(ctx, []spool.Entry{first}, []intake.EventAnswer{{Status: intake.StatusRefused, Error: &reason}})
}

// learn asks what the server's plan knows, once, and keeps that for the next time that it is away.
func (f *flusher) learn(ctx context.Context) error {
	if f.known != nil {
		return nil
	}
	box := outbox{c: f.c, cl: f.cl, spool: f.spool}
	known, err := box.catalogue(ctx)
	if err == nil {
		err = box.away
	}
	f.known = known
	return err
}

// send sends events, and notes what the server says to each. What it does not take as a whole, though something is wrong
// with one of them only, is sent by halves.
func (f *flusher) send(ctx context.Context, list []spool.Entry) error {
	batch := make([][]byte, len(list))
	for i, e := range list {
		batch[i] = e.Event
	}
	a, err := f.cl.emit(ctx, batch)
	if away := f.cl.outOfReach(a, err); away != nil {
		return away
	}
	if err != nil {
		return err
	}
	var r intake.Answer
	switch {
	case json.Unmarshal(a.body, &r) == nil && len(r.Events) == len(list):
		return f.settle(ctx, list, r.Events)
	case !blamed(a.status):
		return f.cl.problem(a)
	case len(list) == 1:
		return f.settle(ctx, list, []intake.EventAnswer{{Status: intake.StatusRefused, Error: wholly(a)}})
	}
	if err := f.send(ctx, list[:len(list)/2]); err != nil {
		return err
	}
	return f.send(ctx, list[len(list)/2:])
}

// blamed reports whether a status says that something is wrong with what was sent, and not with who sent it or when.
func blamed(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// wholly makes the refusal of an event of a problem that the server has with the request that held it alone.
func wholly(a answer) *intake.ErrorAnswer {
	var p api.Problem
	if json.Unmarshal(a.body, &p) != nil || p.Code == "" {
		p.Code, p.Title = intake.CodeInvalid, http.StatusText(a.status)
	}
	return &intake.ErrorAnswer{Code: p.Code, Message: strings.TrimSuffix(p.Title+": "+p.Detail, ": ")}
}

// settle notes what became of entries, and says what is to be said of it.
func (f *flusher) settle(ctx context.Context, list []spool.Entry, fates []intake.EventAnswer) error {
	var refused []spool.Refused
	for i, fate := range fates {
		if fate.Status != intake.StatusRefused {
			continue
		}
		if fate.Error == nil {
			fate.Error = &intake.ErrorAnswer{Code: intake.CodeInvalid}
		}
		reason, err := json.Marshal(fate.Error)
		if err != nil {
			return err
		}
		refused = append(refused, spool.Refused{Entry: list[i], Reason: reason})
	}
	if err := f.spool.Sent(ctx, list[len(list)-1].N, refused...); err != nil {
		return err
	}
	for i, fate := range fates {
		f.count(list[i], fate)
	}
	return nil
}

func (f *flusher) count(e spool.Entry, fate intake.EventAnswer) {
	switch fate.Status {
	case intake.StatusNew:
		f.fresh++
	case intake.StatusRecorded:
		f.recorded++
	case intake.StatusRefused:
		f.refused++
		message := fate.Error.Message
		if len(fate.Error.Faults) > 0 {
			message = fate.Error.Faults[0].Message
		}
		f.say(f.c.sayf("第 %d 条（%s）未接受（%s）: %s", "event %d (%s) refused (%s): %s", e.N, typeOf(e.Event), fate.Error.Code, message))
	}
	for _, w := range fate.Warnings {
		line := f.c.sayf("注意: 第 %d 条（%s）: %s", "warning: event %d (%s): %s", e.N, typeOf(e.Event), w.Message)
		if w.Code != intake.WarnSameContent {
			f.say(line)
		} else if f.same++; f.same == 1 { // after an interruption all have it that were sent before
			f.firstSame = line
		}
	}
}

// say shows a remark on an event, as long as there are not too many.
func (f *flusher) say(remark string) {
	if f.said++; f.said <= maxSaid {
		f.c.line(f.c.stderr, remark)
	}
}

// tell says now and then how far it is.
func (f *flusher) tell(ctx context.Context) error {
	if f.cl.now().Sub(f.told) < flushEvery {
		return nil
	}
	f.told = f.cl.now()
	waiting, err := f.spool.Waiting(ctx)
	f.c.line(f.c.stderr, f.c.sayf("已发送 %d 条，还有 %d 条", "%d sent, %d waiting", f.sent(), waiting))
	return err
}
