package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// resolve completes a control event by what stands before it at this very place in the log: the writer has nothing else in
// flight and has read everything before. It refuses what cannot be; an error means that nothing could be found out.
func (w *writer) resolve(ctx context.Context, f *fact) error {
	if _, err := w.State.Await(ctx, w.head.Seq); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	data := map[string]jsontext.Value{}
	if err := json.Unmarshal(f.sent, &data); err != nil {
		return err // cannot be: it is canonical
	}
	fill := w.amend
	if f.event.Type == typeClosed {
		fill = w.hand
	}
	if err := fill(ctx, f, data); err != nil || f.refusal != nil {
		return err
	}
	return f.complete(data)
}

// amend fills in what a void or correction acts upon, and what it makes of that.
func (w *writer) amend(ctx context.Context, f *fact, data map[string]jsontext.Value) error {
	t, err := w.target(ctx, data)
	if err == nil {
		err = w.checkTarget(ctx, f, t)
	}
	if err != nil || f.refusal != nil {
		return err
	}
	data["target"] = quoted(t.at.String())
	if t.version != nil {
		data["was"] = versionJSON(t.version)
	}
	var now *events.Event
	if f.event.Type == events.TypeCorrected {
		if now, f.refusal = w.corrected(t, data["patch"]); f.refusal == nil {
			f.mustMay(w.Orgs, abilityFor(now.Type), now.Org)
		}
		if f.refusal != nil {
			return nil
		}
		data["now"] = versionJSON(now)
	}
	f.late, err = w.lateAmendment(ctx, t, now)
	return err
}

// complete writes the data as it is recorded into the fact.
func (f *fact) complete(data map[string]jsontext.Value) error {
	all, err := canonical(data)
	if err != nil {
		return err
	}
	f.event.Data = all
	f.line = f.event.AppendLine(nil)
	if limit := events.MaxCommit - events.BatchSize(1, 0); len(f.line) > limit {
		what := events.Text{ZH: "连同所替代内容的控制事件", EN: "the control event with the versions it replaces"}
		if f.event.Type == typeClosed {
			what = events.Text{ZH: "连同记分卡的锁定事件", EN: "the closing with its scorecard"}
		}
		f.refusal = tooLarge(len(f.line), limit, what)
	}
	return nil
}

// target is the event that a control event is about.
type target struct {
	source, id string
	at         events.Position // 0 if there is none
	typ        *catalogue.Type // nil if the plan does not know it
	typeName   string
	org        string // of the version in force
	voidedBy   events.Position
	version    *events.Event             // in force; nil for a void
	void       map[string]jsontext.Value // data of a void
}

func (w *writer) target(ctx context.Context, data map[string]jsontext.Value) (*target, error) {
	t := &target{source: unquoted(data["target_source"]), id: unquoted(data["target_id"])}
	key := events.KeyOf(t.source, t.id)
	at, known := w.IDs.Lookup(key)
	if !known {
		return t, nil
	}
	t.at = at
	line, err := w.recall.line(ctx, at)
	if err != nil {
		return nil, unreadable(ctx, err)
	}
	if a, amended := w.State.Amended(key); amended {
		t.voidedBy = a.VoidedBy
		if a.Line != nil {
			line = a.Line
		}
	}
	var stored events.Stored
	if err := stored.ParseLine(line); err != nil {
		return nil, unreadable(ctx, err)
	}
	event := stored.Event()
	t.typeName, t.org = event.Type, event.Org
	t.typ, _ = w.Catalogue.Type(event.Type)
	switch event.Type {
	case events.TypeVoided:
		if err := json.Unmarshal(event.Data, &t.void); err != nil {
			return nil, unreadable(ctx, fmt.Errorf("%w: %w", events.ErrLine, err))
		}
	case events.TypeCorrected:
	default:
		t.version = &event
	}
	return t, nil
}

// refusal says why the target cannot be voided or corrected, or is nil.
func (t *target) refusal(control *events.Event) *Refusal {
	correction := control.Type == events.TypeCorrected
	switch {
	case t.at == 0:
		return refusal(CodeUnknownTarget, "没有来源为 %s、编号为 %s 的事件;请核对 target_source 和 target_id",
			"no event has source %s and id %s; check target_source and target_id", t.source, t.id)
	case t.typ == nil:
		return refusal(CodeTarget, "位置 %v 的事件类型 %s 不在方案中,不能更正或作废", "the event at %v is of type %s, which is not in the plan: it cannot be changed", t.at, t.typeName)
	case t.typ.Control && (correction || t.typeName != events.TypeVoided):
		return refusal(CodeTarget, "位置 %v 是控制事件 %s,不能更正;控制事件中只有作废可以再作废", "the event at %v is the control event %s: of these only a void can be voided, and none corrected", t.at, t.typeName)
	case t.voidedBy != 0:
		return refusal(CodeVoided, "该事件已被位置 %v 的事件作废;要恢复它,请作废那条作废", "the event is voided by %v; to bring it back, void that void", t.voidedBy)
	}
	return nil
}

// corrected returns the target as the patch leaves it, validated like a new event.
func (w *writer) corrected(t *target, patch []byte) (*events.Event, *Refusal) {
	after, err := t.version.Patched(patch)
	if err != nil {
		reason := err
		if inner := errors.Unwrap(err); inner != nil {
			reason = inner
		}
		return nil, refusal(CodeInvalid, "更正内容无法应用:%v", "the patch cannot be applied: %v", reason)
	}
	raw, err := json.Marshal(map[string]any{
		"specversion": "1.0", "type": after.Type, "source": after.Source, "id": after.ID, "time": after.Time, "org": after.Org,
		"data": json.RawMessage(after.Data),
	})
	if err != nil {
		return nil, refusal(CodeInvalid, "更正内容无法应用:%v", "the patch cannot be applied: %v", err)
	}
	now, refused := w.Prepare(raw)
	if refused != nil {
		refused.Text = events.Text{ZH: "更正后的事件不合要求:" + refused.Text.ZH, EN: "the corrected event is not valid: " + refused.Text.EN}
		return nil, refused
	}
	if now.SameContent(t.version) {
		return nil, refusal(CodeNoChange, "更正后与现有内容相同,无需更正", "the event says that already: nothing would change")
	}
	return &now, nil
}

// versionJSON is how a version stands in a control event.
func versionJSON(e *events.Event) jsontext.Value {
	b := []byte(`{"data":`)
	b = append(b, e.Data...)
	for _, m := range []member{{"dataschema", e.Schema}, {"org", e.Org}, {"time", e.Time}, {"type", e.Type}} {
		b = append(b, ',')
		b = appendMember(b, m.name, m.value)
	}
	return append(b, '}')
}

func quoted(s string) jsontext.Value {
	b, _ := jsontext.AppendQuote(nil, s)
	return b
}

func unquoted(v jsontext.Value) string {
	b, _ := jsontext.AppendUnquote(nil, v)
	return string(b)
}
