package indicators

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

// readStock compiles to inputs that open and close intervals. What expires soon is the stock less what will still hold
// then: a second measure, whose intervals end early.
func (d *draft) readStock() {
	o := d.body.object("opened_by", "closed_by", "interval", "counts", "until", "ends", "valid", "valid_from", "expiring")
	opened, closed := d.feedList(o.need("opened_by"), nil), d.feedList(o.get("closed_by"), nil)
	pair := o.need("interval").pair(opened, closed)
	open := projections.Input{
		Role: projections.Opens, Pair: pair, Thing: o.need("counts").field(opened, nameField),
		Until: o.get("until").field(opened, dateField), Ends: o.get("ends").field(opened, dateField),
		Valid: o.get("valid").months(), ValidFrom: o.get("valid_from").field(opened, dateField),
	}
	early := o.get("expiring").months()
	o.checkTerm()

	ins := inputs(opened, func(in *projections.Input) {
		name, where := in.Type, in.Where
		*in = open
		in.Type, in.Where = name, where
	})
	ins = append(ins, inputs(closed, func(in *projections.Input) { in.Role, in.Pair = projections.Closes, pair })...)
	d.measure(projections.Stock, d.breakdown(opened), ins)
	if early > 0 {
		d.expire(early)
	}
}

// expire adds the measure of what will still be in force so many months later.
func (d *draft) expire(early int) {
	d.Minus = d.ID + ".secure"
	secure := d.measures[0]
	secure.Name, secure.Inputs = d.Minus, slices.Clone(secure.Inputs)
	for i := range secure.Inputs {
		if secure.Inputs[i].Role == projections.Opens {
			secure.Inputs[i].Early = early
		}
	}
	d.measures = append(d.measures, secure)
}

// checkTerm refuses keys that have nothing to work on.
func (o *object) checkTerm() {
	if at := o.get("valid_from"); at != nil && o.get("valid") == nil {
		at.fault("有 valid_from 就要有 valid", "valid_from needs valid", events.Text{ZH: "例如 valid: 20y", EN: "for example valid: 20y"})
	}
	if at := o.get("expiring"); at != nil && o.get("until") == nil && o.get("ends") == nil && o.get("valid") == nil {
		at.fault("没有期限,也就不会到期", "nothing expires without a term", events.Text{ZH: "写上 until、ends 或 valid", EN: "give until, ends or valid"})
	}
}

// pair reads the fields that a closing event shares with the opening ones: all types must have them, as the same kind.
func (n *node) pair(opened, closed []feed) []string {
	all := append(slices.Clone(opened), closed...)
	var pair []string
	for _, item := range n.oneOrMore() {
		name := item.field(all, nameField)
		if name == "" {
			continue
		}
		if slices.Contains(pair, name) {
			item.fault("data."+name+" 写了两次", "data."+name+" is given twice", events.Text{})
			continue
		}
		pair = append(pair, name)
		var kinds []catalogue.FieldKind
		for _, f := range all {
			field, _ := f.Field(name)
			kinds = append(kinds, field.Kind)
		}
		if slices.Sort(kinds); len(slices.Compact(kinds)) > 1 {
			item.fault("data."+name+" 在各事件类型中的类型不同,无法配对", "data."+name+" differs in kind between the event types and cannot pair them", events.Text{})
		}
	}
	return pair
}

var term = regexp.MustCompile(`^([1-9][0-9]{0,2})([ym])$`)

// months reads a term like 3y or 18m.
func (n *node) months() int {
	if n.silent() {
		return 0
	}
	parts := term.FindStringSubmatch(n.text)
	if n.kind != yamlText || parts == nil {
		n.fault("这里要期限,如 3y(三年)或 18m(十八个月)", "a term like 3y or 18m is wanted here", events.Text{})
		return 0
	}
	count, _ := strconv.Atoi(parts[1])
	if parts[2] == "y" {
		count *= 12
	}
	return count
}
