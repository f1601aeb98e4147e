package intake

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// readData checks the data against the type's schema.
func (p *preparation) readData() {
	raw := p.env.value[attrData]
	if raw == nil {
		p.missing("data", events.Text{ZH: "JSON 对象:" + p.typ.Title.ZH, EN: "a JSON object: " + p.typ.Title.EN})
		return
	}
	data, faults := p.typ.Normalise(raw)
	if len(faults) > 0 {
		p.note(faults...)
		return
	}
	p.data = data
}

// checkMeaning checks what a schema cannot say: dates against each other, and names against the plan.
func (p *preparation) checkMeaning() {
	if p.data == nil {
		return
	}
	if p.dayGood {
		p.checkPeriod()
		p.checkNil()
	}
	p.checkClosing()
	if refs := p.in.refs[p.typ]; len(refs) > 0 {
		p.checkRefs(refs)
	}
	p.checkPlan()
}

// checkPlan asks what the plan has to say of the event, once everything else is good: who answers may go by that.
func (p *preparation) checkPlan() {
	check := p.in.Check[p.typ.Name]
	if check == nil || p.wrong > 0 {
		return
	}
	e := p.event
	e.Schema, e.Data = p.in.schemas[p.typ], p.data.WithDefaults()
	p.note(check(e)...)
}

// checkPeriod holds a period fact within one quarter (SEMANTICS 1.2), since nobody knows how much of it fell into which.
func (p *preparation) checkPeriod() {
	if _, has := p.typ.Field("period_start"); !has {
		return
	}
	s, ok := p.data.Get("period_start")
	if !ok {
		return
	}
	start, err := events.ParseDay(s)
	if err != nil {
		return // the schema does not make it a date
	}
	got := fmt.Sprintf("%q", s)
	if start < events.FirstDay || start > p.day {
		p.fault("data.period_start", catalogue.CodeRange, events.Text{
			ZH: fmt.Sprintf("不早于 %v、不晚于事件日期 %v", events.FirstDay, p.day),
			EN: fmt.Sprintf("a day from %v to the event's own, %v", events.FirstDay, p.day),
		}, got, events.Text{})
		return
	}
	from, to := quarterOf(start), quarterOf(p.day)
	if from == to {
		return
	}
	parts := strings.Join(split(start, p.day), ", ")
	p.fault("data.period_start", "several_quarters", events.Text{
		ZH: fmt.Sprintf("与事件日期 %v 同在 %v(不早于 %v)", p.day, to, to.first()),
		EN: fmt.Sprintf("a day in %v like the event's own, %v (not before %v)", to, p.day, to.first()),
	}, got, events.Text{ZH: "请按季度分开上报:" + strings.ReplaceAll(parts, ", ", "、"), EN: "report each quarter by itself: " + parts})
}

// split names the parts of a period that lie in one quarter each.
func split(start, end events.Day) []string {
	const most = 8
	var parts []string
	for q := quarterOf(start); q <= quarterOf(end); q++ {
		if len(parts) == most {
			return append(parts, "…")
		}
		parts = append(parts, fmt.Sprintf("%v %v..%v", q, max(start, q.first()), min(end, q.last())))
	}
	return parts
}

// checkNil holds a nil report within the quarter for which it says that nothing happened.
func (p *preparation) checkNil() {
	if p.typ.Name != typeNil {
		return
	}
	said, ok := p.data.Get("quarter")
	if q := quarterOf(p.day).String(); ok && said != q {
		p.fault("data.quarter", "day_outside", events.Text{
			ZH: fmt.Sprintf("事件日期 %v 所在的季度 %s", p.day, q), EN: fmt.Sprintf("%s, the quarter of the event's day, %v", q, p.day),
		}, fmt.Sprintf("%q", said), events.Text{
			ZH: "事后补报时,time 写该季度的最后一天", EN: "to report it afterwards, give the last day of the quarter as time"})
	}
}

// reference is a field with an x-ref.
type reference struct {
	path     []string // names of the members that lead to it; "" for the items of an array
	resolver Resolver
}

// references finds the fields of a type whose values must be known, and who knows them.
func references(t *catalogue.Type, resolve map[string]Resolver) ([]reference, error) {
	var refs []reference
	var walk func(fields []*catalogue.Field, path []string) error
	walk = func(fields []*catalogue.Field, path []string) error {
		for _, f := range fields {
			at := append(path[:len(path):len(path)], f.Name)
			if f.Ref != "" {
				r, ok := resolve[f.Ref]
				if !ok || r.Known == nil {
					return fmt.Errorf("intake: %s.%s refers to %q, which Options.Resolve does not have", t.Name, f.Name, f.Ref)
				}
				refs = append(refs, reference{at, r})
			}
			below := f.Fields
			if f.Items != nil {
				item := *f.Items
				item.Name = ""
				below = []*catalogue.Field{&item}
			}
			if err := walk(below, at); err != nil {
				return err
			}
		}
		return nil
	}
	return refs, walk(t.Fields, nil)
}

func (p *preparation) checkRefs(refs []reference) {
	var data any
	if json.Unmarshal(p.data.JSON(), &data) != nil {
		return // cannot be: it is canonical
	}
	for _, r := range refs {
		p.checkRef(r, r.path, "data", data)
	}
}

// checkRef follows the path down, through all items of arrays, to the names, and asks whether they are known.
func (p *preparation) checkRef(r reference, path []string, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(path) > 0 {
			p.checkRef(r, path[1:], at+"."+path[0], v[path[0]])
		}
	case []any:
		path = path[min(1, len(path)):] // the items' own, empty name
		for i := range v {
			p.checkRef(r, path, fmt.Sprintf("%s[%d]", at, i), v[i])
		}
	case string:
		if len(path) > 0 || r.resolver.Known(v) || p.full() {
			return
		}
		var names []string
		if r.resolver.Names != nil {
			names = r.resolver.Names()
		}
		p.fault(at, catalogue.CodeUnknown, events.Text{ZH: "方案中有的名称", EN: "a name that the plan has"},
			catalogue.Shorten(fmt.Appendf(nil, "%q", v)), didYouMean(v, names))
	}
}
