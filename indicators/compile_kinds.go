package indicators

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

func (d *draft) readCount() {
	feeds := d.feeds(d.body.object("event", "where"))
	d.measure(projections.Flow, d.breakdown(feeds), inputs(feeds, func(*projections.Input) {}))
}

func (d *draft) readSum() {
	o := d.body.object("event", "of", "where")
	feeds := d.feeds(o)
	d.measure(projections.Flow, d.breakdown(feeds), d.amounts(feeds, o.need("of")))
}

func (d *draft) readLatest() {
	o := d.body.object("event", "of", "where", "rollup")
	feeds := d.feeds(o)
	if at := o.get("rollup"); at != nil {
		d.RollUp = at.oneOf("none", "sum") == "sum"
	}
	d.noBy()
	d.measure(projections.Latest, nil, d.amounts(feeds, o.need("of")))
}

// amounts makes inputs that take their value from a field. All must be of one scale: yuan and heads do not add up.
func (d *draft) amounts(feeds []feed, of *node) []projections.Input {
	name := of.field(feeds, numberField)
	scales := make(map[int]bool)
	ins := inputs(feeds, func(in *projections.Input) { in.Amount = name })
	for i, f := range feeds {
		if field, ok := f.Field(name); ok {
			ins[i].Scale = scaleOf(field.Kind)
			d.Places = ins[i].Scale
			scales[ins[i].Scale] = true
		}
	}
	if len(scales) > 1 {
		of.fault("data."+name+" 在各事件类型中不是同一种数(整数、金额、小数)", "data."+name+" is not the same kind of number (integer, money, decimal) in all event types", events.Text{})
	}
	return ins
}

// scaleOf is the number of decimals that values of a field are kept with.
func scaleOf(k catalogue.FieldKind) int {
	switch k {
	case catalogue.Money:
		return 2
	case catalogue.Decimal:
		return 4
	}
	return 0
}

func inputs(feeds []feed, fill func(*projections.Input)) []projections.Input {
	ins := make([]projections.Input, len(feeds))
	for i, f := range feeds {
		ins[i] = projections.Input{Type: f.Name, Where: f.where}
		fill(&ins[i])
	}
	return ins
}

func (d *draft) readDistinct() {
	o := d.body.object("event", "of", "where")
	feeds := d.feeds(o)
	thing := o.need("of").thing(feeds)
	d.measure(projections.Distinct, d.breakdown(feeds), inputs(feeds, func(in *projections.Input) { in.Thing = thing }))
}

// thing reads the field that names what is counted. The list of entities names several.
func (n *node) thing(feeds []feed) string {
	if n != nil && n.text == "data."+entitiesField {
		return n.field(feeds, fieldUse{[]catalogue.FieldKind{catalogue.Array}, events.Text{ZH: "列表", EN: "a list"}})
	}
	return n.field(feeds, nameField)
}

// readMilestone compiles to a flow broken down by stage: how often each was reached.
func (d *draft) readMilestone() {
	o := d.body.object("event", "of", "stages", "where")
	feeds := d.feeds(o)
	d.noBy()
	stage := o.need("of").field(feeds, stageField)
	for _, item := range o.need("stages").list() {
		switch name := item.str(); {
		case name == "":
		case slices.Contains(d.Stages, name):
			item.fault("阶段 "+name+" 写了两次", "stage "+name+" is given twice", events.Text{})
		default:
			item.stageOf(feeds, stage, name)
			d.Stages = append(d.Stages, name)
		}
	}
	d.measure(projections.Flow, nil, inputs(feeds, func(*projections.Input) {}))
	d.measures[0].By = []string{stage}
}

// stageOf makes sure that the field can have the stage as its value.
func (n *node) stageOf(feeds []feed, field, stage string) {
	for _, f := range feeds {
		known, ok := f.Field(field)
		if !ok || known.Enum == nil || slices.Contains(known.Enum, stage) {
			continue
		}
		hint := events.Text{ZH: "可用的有:" + strings.Join(known.Enum, "、"), EN: "it is one of " + strings.Join(known.Enum, ", ")}
		if near := events.Suggest(stage, known.Enum); near != "" {
			hint = meant(near)
		}
		n.fault(f.Name+" 的 data."+field+" 没有 "+stage+" 这个选项", "data."+field+" of "+f.Name+" is never "+stage, hint)
	}
}

// Parts of these kinds may be divided: all but milestones, whose places in a row are no amounts.
var divisible = []Kind{Count, Sum, Distinct, Stock, Net, Latest, Ratio, Coverage}

func (d *draft) readRatio() {
	o := d.body.object("of", "per", "scale")
	d.noBy()
	d.Of, d.Per = d.refer(o.need("of"), divisible), d.refer(o.need("per"), divisible)
	d.Scale = o.scale(1)
}

func (d *draft) readNet() {
	d.noBy()
	d.Of = d.refer(d.body.object("of").need("of"), []Kind{Stock})
}

func (d *draft) readCoverage() {
	o := d.body.object("of", "by", "scale")
	d.noBy()
	d.Of, d.Per = d.refer(o.need("of"), []Kind{Stock}), d.refer(o.need("by"), []Kind{Stock})
	if d.Of != "" && d.Of == d.Per {
		o.get("by").fault("by 与 of 是同一个存量,覆盖率永远是 100%", "by is the same stock as of, which is covered by itself", events.Text{
			ZH: "of 是名录,by 是覆盖名录的存量", EN: "of is the list, by is the stock that covers it"})
	}
	d.Scale = o.scale(100)
	d.measure(projections.Coverage, nil, nil)
	d.measures[0].Of, d.measures[0].On = d.Of, d.Per
}

// refer notes that the indicator needs another one; whether there is such a one is checked when all are read.
func (d *draft) refer(n *node, want []Kind) string {
	id := n.str()
	if id != "" {
		d.refs = append(d.refs, reference{id: id, at: n, want: want})
	}
	return id
}

func (o *object) scale(otherwise int64) int64 {
	if v := o.get("scale"); v != nil {
		return int64(v.integer(1, 1_000_000))
	}
	return otherwise
}
