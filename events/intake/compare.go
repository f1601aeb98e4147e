package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// compareAll compares the facts that the writer found in the log with what is there.
func (in *Intake) compareAll(ctx context.Context, facts []*fact) error {
	for _, f := range facts {
		if f.fresh || f.refusal != nil {
			continue
		}
		if err := in.compare(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// compare refuses a fact that says something else than the one recorded under its id.
func (in *Intake) compare(ctx context.Context, f *fact) error {
	line, err := in.recall.line(ctx, f.at)
	if err != nil {
		return unreadable(ctx, err)
	}
	if _, err := in.State.Await(ctx, in.lastControl.Load()); err != nil {
		return unreadable(ctx, err)
	}
	if f.sent != nil && f.derived {
		stands, err := in.inEffect(ctx, f, line)
		if err != nil {
			return err
		}
		if stands || f.refusal != nil || f.next() {
			return nil
		}
	}
	same, other := bytes.Equal(line, f.line), events.Event{}
	if !same {
		if same, err = in.compareLine(ctx, f, line, &other); err != nil || f.refusal != nil {
			return err
		}
	}
	if a, amended := in.State.Amended(f.key); amended && a.VoidedBy != 0 {
		f.refusal = refusal(CodeVoided, "位置 %v 的同一事件已被位置 %v 作废,编号不再使用;若是另一件事请换一个 id",
			"the event stands at %v and is voided by %v; its id stays taken: for another fact use another id", f.at, a.VoidedBy)
		return nil
	}
	if !same {
		f.refusal = conflict(f, &other, f.at)
	}
	return nil
}

// compareLine reports whether a fact says the same as the one recorded under its id, which it returns. Of one that its
// sender may not read it says only that it is there, and not where: the fact is refused.
func (in *Intake) compareLine(ctx context.Context, f *fact, line []byte, other *events.Event) (same bool, err error) {
	var stored events.Stored
	if err := stored.ParseLine(line); err != nil {
		return false, unreadable(ctx, err)
	}
	if *other = stored.Event(); sameFact(f, other) {
		return true, nil
	}
	if may, err := in.mayRead(ctx, f.by, &stored); err != nil || may {
		return false, err
	}
	f.at, f.refusal = 0, refusal(CodeConflict, "来源 %[1]s 的编号 %[2]s 已被另一个事件使用;请换一个 id",
		"another event has id %[2]s of source %[1]s; use another id", f.event.Source, f.event.ID)
	return false, nil
}

func unreadable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", events.ErrUnknown, err)
	}
	if errors.Is(err, events.ErrBody) || errors.Is(err, events.ErrLine) {
		return err // the ids name something that is no event: a fault of ours or damage, which waiting does not mend
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// sameFact reports whether a fact says the same as another event with its id. A derived id stands for a day, so that the
// hour at which a script was run again makes no other fact of it.
func sameFact(f *fact, other *events.Event) bool {
	mine, theirs := f.asSent(), asSent(*other)
	if derivedID(mine.ID) && mine.Day() == theirs.Day() {
		mine.Time = theirs.Time
	}
	return mine.SameContent(&theirs)
}

// asSent returns the event without what the writer filled in.
func (f *fact) asSent() events.Event {
	e := f.event
	if f.sent != nil {
		e.Data = f.sent
	}
	return e
}

// conflict refuses a fact because the other event has its id. at is 0 if that is in the same request.
func conflict(f *fact, other *events.Event, at events.Position) *Refusal {
	text := events.Text{
		ZH: fmt.Sprintf("本次提交的另一个事件已用了来源 %s 的编号 %s,但内容不同;若是另一件事请换一个 id", f.event.Source, f.event.ID),
		EN: fmt.Sprintf("another event of this request has id %s of source %s and says something else; for another fact use another id",
			f.event.ID, f.event.Source),
	}
	switch {
	case at != 0 && f.sent != nil:
		text = events.Text{
			ZH: fmt.Sprintf("位置 %v 的事件已用了来源 %s 的编号 %s,但内容不同;请换一个 id,或不写 id", at, f.event.Source, f.event.ID),
			EN: fmt.Sprintf("the event at %v has id %s of source %s and says something else; use another id, or none", at, f.event.ID, f.event.Source),
		}
	case at != 0:
		text = events.Text{
			ZH: fmt.Sprintf("位置 %v 的事件已用了来源 %s 的编号 %s,但内容不同;要更正它请用 kaohe correct %v,若是另一件事请换一个 id",
				at, f.event.Source, f.event.ID, at),
			EN: fmt.Sprintf("the event at %v has id %s of source %s and says something else; to change that fact use kaohe correct %v, for another fact use another id",
				at, f.event.ID, f.event.Source, at),
		}
	}
	mine, theirs := f.asSent(), asSent(*other)
	return &Refusal{Code: CodeConflict, Faults: differences(&mine, &theirs), Text: text}
}

// differences lists the fields in which two events differ: Want is what is recorded, Got what came.
func differences(sent, recorded *events.Event) []catalogue.Fault {
	var faults []catalogue.Fault
	add := func(field, was, is string) {
		if was == is {
			return
		}
		none := events.Text{ZH: "没有该字段", EN: "no such field"}
		want := none
		if was != "" {
			short := catalogue.Shorten([]byte(was))
			want = events.Text{ZH: short + "(已记录)", EN: short + " (recorded)"}
		}
		faults = append(faults, catalogue.Fault{Field: field, Code: "differs", Want: want, Got: catalogue.Shorten([]byte(is))})
	}
	add("type", recorded.Type, sent.Type)
	add("time", recorded.Time, sent.Time)
	add("org", recorded.Org, sent.Org)
	add("dataschema", recorded.Schema, sent.Schema)
	var was, is map[string]json.RawMessage
	if json.Unmarshal(recorded.Data, &was) != nil || json.Unmarshal(sent.Data, &is) != nil {
		return faults
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(was)), maps.Keys(is))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		add("data."+name, string(was[name]), string(is[name]))
	}
	return faults
}

// receipt says what became of each fact.
func (in *Intake) receipt(facts []fact) Receipt {
	r := Receipt{Durability: in.Durability, Events: make([]Outcome, len(facts))}
	for i := range facts {
		r.Events[i] = facts[i].outcome()
	}
	return r
}

func (f *fact) outcome() Outcome {
	o := Outcome{Status: StatusRecorded, Source: f.event.Source, ID: f.event.ID, Type: f.event.Type, Position: f.at, Refusal: f.refusal}
	if f.first != nil {
		o.Position, o.Refusal = f.first.at, f.first.refusal
	}
	switch {
	case o.Refusal != nil:
		o.Status = StatusRefused
	case f.fresh:
		o.Status = StatusNew
		if f.late.closing != 0 {
			o.Warnings = []Warning{f.late.warning()}
		}
		o.Warnings = append(o.Warnings, f.odd...)
	case f.derived && f.sent == nil:
		o.Warnings = []Warning{{WarnSameContent, events.Text{
			ZH: fmt.Sprintf("与 %v 内容相同;如果确实又发生了一次,请用 --nth 2 或 count", o.Position),
			EN: fmt.Sprintf("same content as %v; if it happened again use --nth 2 or count", o.Position),
		}}}
	}
	return o
}
