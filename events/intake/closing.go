package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// CloseRequest asks for what a unit hands in for a quarter.
type CloseRequest struct {
	Org     string
	Quarter string     // 2018Q1
	Cutoff  events.Day // the last day whose facts count; 0: as the plan's default has it
}

// Closing is what a unit hands in for a quarter.
type Closing struct {
	AsOf      events.Day // the last day whose facts count
	Scorecard []byte     // a JSON object
	Plan      string     // hash of the plan by which it was drawn up
}

// checkClosing holds a closing to quarters that have begun, and its cut-off within the quarter and the past.
func (p *preparation) checkClosing() {
	if p.typ.Name != typeClosed {
		return
	}
	said, ok := p.data.Get("quarter")
	if !ok {
		return // the schema does not require it
	}
	today := p.in.today()
	q, ok := parseQuarter(said)
	if first, last := quarterOf(events.FirstDay), quarterOf(today); !ok || q < first || q > last {
		p.fault("data.quarter", catalogue.CodeRange, events.Text{
			ZH: fmt.Sprintf("已经开始的季度:%v 至 %v(今天是 %v)", first, last, today),
			EN: fmt.Sprintf("a quarter that has begun, from %v to %v, today being %v", first, last, today),
		}, fmt.Sprintf("%q", said), events.Text{})
		return
	}
	p.checkCutoff(q.first(), min(q.last(), today))
}

func (p *preparation) checkCutoff(from, to events.Day) {
	said, given := p.data.Get("cutoff")
	if !given {
		return
	}
	if day, err := events.ParseDay(said); err != nil || day < from || day > to {
		p.fault("data.cutoff", catalogue.CodeRange, events.Text{
			ZH: fmt.Sprintf("该季度内且不晚于今天的日期:%v 至 %v", from, to),
			EN: fmt.Sprintf("a day of the quarter that has come, from %v to %v", from, to),
		}, fmt.Sprintf("%q", said), events.Text{})
	}
}

// request returns what a closing asks for.
func (f *fact) request() CloseRequest {
	var data struct{ Quarter, Cutoff string }
	_ = json.Unmarshal(f.sent, &data) // it was checked
	c := CloseRequest{Org: f.event.Org, Quarter: data.Quarter}
	if day, err := events.ParseDay(data.Cutoff); err == nil {
		c.Cutoff = day
	}
	return c
}

// draw has the scorecard of a closing drawn up by what stands up to head, and refuses the fact if that cannot be done.
func (in *Intake) draw(ctx context.Context, head events.Head, f *fact) (c Closing, card jsontext.Value, err error) {
	r := f.request()
	c, f.refusal, err = in.Close(ctx, head, r)
	if err == nil && f.refusal == nil {
		card, err = canonical(jsontext.Value(c.Scorecard))
	}
	switch {
	case err != nil && ctx.Err() != nil:
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	case err != nil:
		err = fmt.Errorf("draw up the scorecard of %s for %s: %w", r.Org, r.Quarter, err)
	}
	return c, card, err
}

// hand fills in what a unit hands in. If the log has grown meanwhile the commit fails, and the scorecard is drawn up anew.
func (w *writer) hand(ctx context.Context, f *fact, data map[string]jsontext.Value) error {
	c, card, err := w.draw(ctx, w.head, f)
	if err != nil || f.refusal != nil {
		return err
	}
	data["as_of"], data["scorecard"] = quoted(c.AsOf.String()), card
	data["position"], data["plan"] = quoted(events.At(w.head.Seq, 0).String()), quoted(c.Plan)
	return nil
}

// standing reports whether a recorded closing is the last of its unit and quarter, and what the unit would hand in now is
// what it handed in then.
func (in *Intake) standing(ctx context.Context, f *fact, line []byte) (bool, error) {
	if in.followed(f) {
		return false, nil
	}
	head, err := in.present(ctx)
	if err != nil {
		return false, unreadable(ctx, err)
	}
	if last, err := in.isLast(ctx, f); err != nil || !last {
		return false, err
	}
	c, card, err := in.draw(ctx, head, f)
	if err != nil || f.refusal != nil {
		return false, err
	}
	var stored events.Stored
	var was struct {
		AsOf      string `json:"as_of"`
		Scorecard jsontext.Value
	}
	if err := stored.ParseLine(line); err != nil {
		return false, err
	}
	if err := json.Unmarshal(stored.Data, &was); err != nil {
		return false, fmt.Errorf("%w: %w", events.ErrLine, err)
	}
	return was.AsOf == c.AsOf.String() && bytes.Equal(was.Scorecard, card), nil
}

// present returns the head once the state has read all that the log holds now.
func (in *Intake) present(ctx context.Context) (events.Head, error) {
	end, err := in.Log.End(ctx)
	if err != nil {
		return events.Head{}, err
	}
	return in.State.Await(ctx, end)
}

// followed reports whether the unit has closed the quarter once more in the same words.
func (in *Intake) followed(f *fact) bool {
	id, numbered := f.nextID()
	if numbered {
		return false
	}
	_, known := in.IDs.Lookup(events.KeyOf(f.event.Source, id))
	return known
}

// isLast reports whether the unit has not closed the quarter once more in other words. The state tells the last closing by
// the unit or one above it; where that is another's, no more is known.
func (in *Intake) isLast(ctx context.Context, f *fact) (bool, error) {
	q, _ := parseQuarter(f.request().Quarter)
	at, closed := in.State.Closed(f.event.Org, q.first())
	if !closed || at == f.at {
		return true, nil
	}
	line, err := in.recall.line(ctx, at)
	if err != nil {
		return false, unreadable(ctx, err)
	}
	var last events.Stored
	if err := last.ParseLine(line); err != nil {
		return false, err
	}
	return string(last.Org) != f.event.Org, nil
}
