package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
)

// spoolFlag adds --spool to a command that sends facts.
func (c *cli) spoolFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("spool", "", c.say("连不上服务时把事件暂存在这个目录，以后用 kaohe flush 发送", "keep events in this directory if the server cannot be reached; kaohe flush sends them later"))
}

// outbox is how facts leave this machine: to the server or, while it cannot be reached, into a spool.
//
// What waits in the spool goes first. Once the server was out of reach it is not tried again, so that all that follows is
// kept behind what was kept before.
type outbox struct {
	c     *cli
	cl    *client
	spool *spool.Spool // nil: what cannot be sent is an error
	away  error        // why the server takes nothing now
	clear bool         // nothing waits before what is sent
}

// outbox opens the spool in a directory, if one is named.
func (c *cli) outbox(cl *client, dir string) (*outbox, error) {
	o := &outbox{c: c, cl: cl}
	if dir == "" {
		return o, nil
	}
	var err error
	o.spool, err = spool.Open(dir, spool.DefaultLimit)
	return o, err
}

// outOfReach returns why the server takes nothing now, whatever it is sent; nil if it does. A refusal is an answer, and so
// is a token that it does not know.
func (cl *client) outOfReach(a answer, err error) error {
	var unreachable unreachableError
	if err != nil {
		if errors.As(err, &unreachable) {
			return err
		}
		return nil
	}
	switch a.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusInsufficientStorage:
		return unreachableError{cl.problem(a)}
	}
	return nil
}

// catalogue returns what the server's plan knows. While it cannot be reached that is what it knew when it was asked last,
// with this spool; nil if it never was.
func (o *outbox) catalogue(ctx context.Context) (*forms.Catalogue, error) {
	a, err := o.cl.get(ctx, "/v1/catalogue", nil)
	away := o.cl.outOfReach(a, err)
	switch {
	case away != nil && o.spool != nil:
		o.away = away
		return o.remembered()
	case err != nil:
		return nil, o.unkept(err)
	}
	var known forms.Catalogue
	if a.status != http.StatusOK || json.Unmarshal(a.body, &known) != nil {
		return nil, o.unkept(o.cl.problem(a))
	}
	if o.spool == nil {
		return &known, nil
	}
	return &known, o.spool.Remember(ctx, a.body)
}

// remembered returns the catalogue of the spool. One that cannot be read is as good as none.
func (o *outbox) remembered() (*forms.Catalogue, error) {
	b, err := o.spool.Remembered()
	var known forms.Catalogue
	if err != nil || b == nil || json.Unmarshal(b, &known) != nil {
		return nil, err
	}
	return &known, nil
}

// send sends events in JSON, and returns what the server says; or keeps them, and returns how many wait.
func (o *outbox) send(ctx context.Context, batch ...[]byte) (a answer, waiting int, err error) {
	if err := o.first(ctx); err != nil {
		return a, 0, err
	}
	if o.away == nil {
		a, err = o.cl.emit(ctx, batch)
		if o.away = o.cl.outOfReach(a, err); o.away == nil || o.spool == nil {
			return a, 0, o.unkept(err)
		}
	}
	entries := make([]spool.Entry, len(batch))
	for i, event := range batch {
		if typ := typeOf(event); !spooled(typ) {
			return a, 0, o.notKept(typ)
		}
		if err := o.warnEqual(ctx, event); err != nil {
			return a, 0, err
		}
		entries[i].Event = event
	}
	waiting, err = o.keep(ctx, entries...)
	return answer{}, waiting, err
}

// first sends what waits in the spool, before anything else.
func (o *outbox) first(ctx context.Context) error {
	if o.spool == nil || o.clear || o.away != nil {
		return nil
	}
	waiting, err := o.spool.Waiting(ctx)
	if err != nil || waiting == 0 {
		o.clear = err == nil
		return err
	}
	o.c.line(o.c.stderr, o.c.sayf("先发送暂存的 %d 条", "%d waiting events go first", waiting))
	f := newFlusher(o.cl, o.spool)
	if err = f.run(ctx); f.sent() > 0 {
		f.reportOn(o.c.stderr)
	}
	var unreachable unreachableError
	if errors.As(err, &unreachable) || errors.Is(err, spool.ErrBusy) {
		o.away = err
		return nil
	}
	o.clear = err == nil
	return o.unkept(err)
}

// emit posts events: one as it is, several as a batch.
func (cl *client) emit(ctx context.Context, batch [][]byte) (answer, error) {
	if len(batch) == 1 {
		return cl.do(ctx, http.MethodPost, "/v1/events", intake.MediaEvent, batch[0])
	}
	size := 2
	for _, event := range batch {
		size += len(event) + 1
	}
	body := append(make([]byte, 0, size), '[')
	for i, event := range batch {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, event...)
	}
	return cl.do(ctx, http.MethodPost, "/v1/events", intake.MediaBatch, append(body, ']'))
}

// keep puts entries into the spool, for good: from now on all goes there.
func (o *outbox) keep(ctx context.Context, entries ...spool.Entry) (waiting int, err error) {
	waiting, err = o.spool.Add(ctx, entries...)
	switch {
	case errors.Is(err, spool.ErrTooLarge), errors.Is(err, spool.ErrNotObject):
		return 0, codedError{exitRefused, o.c.errorf("事件不是 JSON 对象，或超过 %d 字节，没有暂存: %w", "an event is no JSON object, or has more than %d bytes, and was not kept: %w", spool.MaxEntry, err)}
	case err != nil && !errors.Is(err, spool.ErrFull) && ctx.Err() == nil:
		return 0, o.c.errorf("没能暂存在 %s: %w", "could not be kept in %s: %w", o.spool.Dir, err)
	}
	return waiting, err
}

// notKept says that an event is none that may wait: what it does depends on what the server has recorded by then, and whoever
// sends it shall see what it does.
func (o *outbox) notKept(typ string) error {
	return o.c.errorf("%w\n  %s 没有暂存: 暂存的只能是事实，作废、更正、零报告、锁定要服务当场核对", "%w\n  %s was not kept: only facts can wait; the server must be there for voids, corrections, nil reports and closings", o.away, typ)
}

// unkept adds to an error that waiting does not mend that nothing was kept.
func (o *outbox) unkept(err error) error {
	var silent silentError
	if err == nil || o.spool == nil || errors.As(err, &silent) {
		return err
	}
	return o.c.errorf("%w\n  没有暂存: 不是网络不通，等也没有用", "%w\n  nothing was kept: this is not about the network, and waiting would be of no use", err)
}

func typeOf(event []byte) string {
	var e struct{ Type string }
	_ = json.Unmarshal(event, &e) // one without a type is no control event
	return e.Type
}

// why tells in one line why something is kept and not sent.
func (o *outbox) why() {
	reason, _, _ := strings.Cut(o.c.words(o.away), "\n")
	o.c.line(o.c.stderr, o.c.say("注意: ", "warning: ")+reason)
}

// warnEqual says that an equal event waits already: the server will take both for one, as it does with those that it is
// sent at once.
func (o *outbox) warnEqual(ctx context.Context, event []byte) error {
	equal, err := o.spool.Recent(ctx, event)
	if err == nil && equal {
		o.c.line(o.c.stderr, o.c.say("注意: 内容完全相同的一条已在等候，发送后只算一件；如果确是另一件，请用 --nth 2 等编号区分",
			"warning: an event with the same content waits already and the two are one fact; if it happened again, tell them apart by --nth 2"))
	}
	return err
}

// spooled reports whether a type of event is one that may wait.
func spooled(typ string) bool {
	switch typ {
	case events.TypeVoided, events.TypeCorrected, typeNil, typeClosed, typePlan:
		return false
	}
	return true
}
