package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
)

// A dry run does with a request all that can be done without the writer: events are prepared, looked up and compared, and
// control events completed by what the log holds now. Nothing is written and no id is kept for anybody, so that what is
// "valid" now may be recorded, or refused, by the time it is sent in earnest.

// StatusValid is what would become new: the fate of a good event in a dry run.
const StatusValid Status = "valid"

// durabilityNone is the durability of the receipt of a dry run.
const durabilityNone = "none"

// rehearse brings the facts to the end that they would come to now. Those that would be new are marked as fresh, without a
// position.
func (in *Intake) rehearse(ctx context.Context, facts []fact, atomic bool) error {
	open, err := in.sift(ctx, facts, atomic)
	if err != nil {
		return err
	}
	if !atomic {
		open = oneEach(open)
	}
	for i, f := range open {
		if f.sent != nil {
			if err := in.rehearseControl(ctx, f, open[:i]); err != nil {
				return err
			}
		} else {
			f.late = in.lateFor(f.event.Org, f.event.Day())
		}
		f.fresh = f.refusal == nil
	}
	return nil
}

// rehearseControl completes a control event as the writer would do now; earlier are the facts of its request before it.
func (in *Intake) rehearseControl(ctx context.Context, f *fact, earlier []*fact) error {
	head, err := in.present(ctx)
	if err != nil {
		return unreadable(ctx, err)
	}
	w := &writer{Intake: in, head: head}
	data := map[string]jsontext.Value{}
	if err := json.Unmarshal(f.sent, &data); err != nil {
		return err // cannot be: it is canonical
	}
	if about := w.within(f, data, earlier); about != nil {
		w.rehearseWithin(f, about, data)
		return nil
	}
	return w.resolve(ctx, f)
}

// within finds the fact that a control event is about among those that come before it in the same request.
func (w *writer) within(f *fact, data map[string]jsontext.Value, earlier []*fact) *fact {
	if !amends(f.event.Type) {
		return nil
	}
	key := events.KeyOf(unquoted(data["target_source"]), unquoted(data["target_id"]))
	i := slices.IndexFunc(earlier, func(e *fact) bool { return e.key == key && e.refusal == nil })
	if i < 0 {
		return nil
	}
	return earlier[i]
}

// rehearseWithin refuses a control event if the fact of the same request that it is about cannot be voided or corrected so. That
// fact is good, so that its sender may void it.
func (w *writer) rehearseWithin(f, about *fact, data map[string]jsontext.Value) {
	correction := f.event.Type == events.TypeCorrected
	typ, _ := w.Catalogue.Type(about.event.Type)
	if typ.Control && (correction || typ.Name != events.TypeVoided) {
		f.refusal = refusal(CodeTarget, "要改的是本次提交的控制事件 %s,不能更正;控制事件中只有作废可以再作废",
			"it is about the control event %s of this request: of these only a void can be voided, and none corrected", typ.Name)
		return
	}
	if !correction {
		return
	}
	version := about.asSent()
	now, refused := w.corrected(&target{typ: typ, typeName: typ.Name, version: &version}, data["patch"])
	if f.refusal = refused; refused == nil {
		f.mustMay(w.Orgs, abilityFor(now.Type), now.Org)
	}
}

// rehearsal is the receipt of a dry run.
func (in *Intake) rehearsal(facts []fact) Receipt {
	r := in.receipt(facts)
	r.DryRun, r.Durability = true, durabilityNone
	index := make(map[*fact]int, len(facts))
	for i := range facts {
		index[&facts[i]] = i
	}
	for i := range r.Events {
		o, f := &r.Events[i], &facts[i]
		switch {
		case o.Status == StatusNew:
			o.Status = StatusValid
		case o.Status == StatusRecorded && f.first != nil && f.first.at == 0:
			o.Warnings = f.repeats(index[f.first])
		}
	}
	return r
}

// repeats warns of content that an earlier event of the request has, by the place of that one.
func (f *fact) repeats(first int) []Warning {
	if !f.derived || f.sent != nil {
		return nil
	}
	return []Warning{{WarnSameContent, events.Text{
		ZH: fmt.Sprintf("与本次提交中序号 %d 的事件内容相同;如果确实又发生了一次,请用 --nth 2 或 count", first),
		EN: fmt.Sprintf("same content as event %d of this request; if it happened again use --nth 2 or count", first),
	}}}
}
