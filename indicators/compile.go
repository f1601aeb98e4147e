package indicators

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// draft is a definition while the plan is being read: what it compiles to so far, and the places at which its mistakes are
// said.
type draft struct {
	*Definition
	loader   *loader
	entry    *object
	by       *node
	body     *node // the value of the kind's key
	refs     []reference
	measures []projections.Measure
}

// reference names another indicator that a ratio, net or coverage is made of.
type reference struct {
	id   string
	at   *node
	want []Kind
}

// kinds says how each kind is read.
var kinds = []struct {
	kind Kind
	read func(*draft)
}{
	{Count, (*draft).readCount}, {Sum, (*draft).readSum}, {Distinct, (*draft).readDistinct}, {Stock, (*draft).readStock},
	{Net, (*draft).readNet}, {Latest, (*draft).readLatest}, {Ratio, (*draft).readRatio}, {Coverage, (*draft).readCoverage},
	{Milestone, (*draft).readMilestone},
}

var indicatorID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

func (l *loader) readIndicators(root *node) {
	l.byID = make(map[string]*draft)
	for _, n := range root.list() {
		l.readIndicator(n)
	}
	l.checkReferences()
	l.checkCycles()
	for _, d := range l.drafts {
		d.Types = l.typesOf(d, nil)
		l.plan.Indicators = append(l.plan.Indicators, d.Definition)
		l.plan.Measures = append(l.plan.Measures, d.measures...)
		l.plan.indicatorBy[d.ID] = d.Definition
	}
}

func (l *loader) readIndicator(n *node) {
	keys := []string{"id", "name", "unit", "office", "direction", "decimals", "by", "pace"}
	for _, k := range kinds {
		keys = append(keys, string(k.kind))
	}
	o := n.object(keys...)
	if n.kind != yamlMap {
		return
	}
	d := &draft{Definition: &Definition{Direction: Up}, loader: l, entry: o, by: o.get("by")}
	d.readID(o.need("id"))
	d.Name, d.Unit = o.need("name").bilingual(), o.need("unit").bilingual()
	d.Office = o.get("office").str()
	d.Decimals = o.get("decimals").integer(0, 4)
	if at := o.get("direction"); at != nil {
		d.Direction = Direction(at.oneOf(string(Up), string(Down)))
	}
	d.readKind()
	d.readPace(o.get("pace"))
}

func (d *draft) readID(n *node) {
	switch id := n.str(); {
	case id == "":
		return
	case !indicatorID.MatchString(id):
		n.fault("编号 "+id+" 不合要求:小写字母开头,只用小写字母、数字、下划线,最长 63 个字符",
			"bad id "+id+": small letters, digits and underscores, beginning with a letter, at most 63", events.Text{})
		return
	case d.loader.byID[id] != nil:
		n.fault("指标 "+id+" 写了两次", "indicator "+id+" is defined twice", events.Text{})
		return
	default:
		d.ID = id
	}
	d.loader.byID[d.ID] = d
	d.loader.drafts = append(d.loader.drafts, d)
}

// readKind reads the one key among those of the kinds.
func (d *draft) readKind() {
	var given []string
	for _, k := range kinds {
		at := d.entry.get(string(k.kind))
		if at == nil {
			continue
		}
		if given = append(given, string(k.kind)); len(given) > 1 {
			d.entry.keys[string(k.kind)].fault("只能有一种算法,已经有 "+given[0], "an indicator has one kind, this one has "+given[0]+" already", events.Text{})
			continue
		}
		d.Kind, d.body = k.kind, at
		k.read(d)
	}
	if len(given) == 0 {
		names := make([]string, len(kinds))
		for i, k := range kinds {
			names[i] = string(k.kind)
		}
		d.entry.fault("缺少算法", "the kind of figure is missing", events.Text{
			ZH: "要有其中之一:" + strings.Join(names, "、"), EN: "it has one of " + strings.Join(names, ", ")})
	}
}

// measure gives the indicator the measure that holds its value.
func (d *draft) measure(kind projections.Kind, by []string, inputs []projections.Input) {
	d.Measure, d.By = d.ID, by
	d.measures = []projections.Measure{{Name: d.ID, Kind: kind, Inputs: inputs, By: by}}
	for _, in := range inputs {
		d.Types = append(d.Types, in.Type)
	}
}

// noBy refuses a breakdown where there is no measure to break down.
func (d *draft) noBy() {
	if d.by != nil {
		d.entry.keys["by"].fault(string(d.Kind)+" 不能细分", "a "+string(d.Kind)+" has no breakdown", events.Text{ZH: "删去 by", EN: "remove by"})
	}
}

// typesOf returns the event types that feed an indicator, its parts included. The path guards against going round.
func (l *loader) typesOf(d *draft, path []*draft) []string {
	types := slices.Clone(d.Types)
	for _, r := range d.refs {
		if part := l.byID[r.id]; part != nil && !slices.Contains(path, part) {
			types = append(types, l.typesOf(part, append(path, d))...)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}
