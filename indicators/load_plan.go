package indicators

import (
	"time"

	"github.com/kaohe/kaohe/events"
)

// readPlan reads the settings. It runs last, when units and indicators are known.
func (l *loader) readPlan(root *node) {
	if root == nil {
		return
	}
	o := root.object("name", "time_zone", "default_org", "report_day", "status", "expose", "duties", "quality")
	p := l.plan
	p.Name = o.need("name").bilingual()
	p.Zone = o.need("time_zone").zone()
	if n := o.get("default_org"); n != nil {
		p.DefaultOrg = n.orgCode()
		l.checkOrg(n, p.DefaultOrg)
	}
	p.ReportDay = o.get("report_day").integer(1, 30)
	p.Thresholds = o.get("status").thresholds()
	p.Expose = o.get("expose").expose()
	p.Quality = o.get("quality").quality()
	l.readDuties(o.get("duties"))
}

func (n *node) zone() *time.Location {
	name := n.str()
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		n.fault("没有时区 "+name, "unknown time zone "+name, events.Text{ZH: "例如 Asia/Shanghai", EN: "for example Asia/Shanghai"})
		return nil
	}
	return zone
}

// thresholds reads when a figure is on track. The default is that of SEMANTICS 4.7.
func (n *node) thresholds() Thresholds {
	if n == nil || n.kind != yamlMap {
		n.object("profile")
		return defaultRatio
	}
	for _, p := range n.pairs {
		if p.key.text == "profile" && p.value.text == PointsProfile {
			return n.pointsProfile()
		}
	}
	return n.ratioProfile()
}

func (n *node) ratioProfile() Thresholds {
	o := n.object("profile", "on_track", "attention", "behind")
	o.get("profile").oneOf(defaultRatio.Profile, PointsProfile)
	t := defaultRatio
	set := []*events.Decimal{&t.OnTrack, &t.Attention, &t.Behind}
	above := events.MaxDecimal
	for i, key := range []string{"on_track", "attention", "behind"} {
		at := o.get(key)
		if d, ok := at.decimal(); ok {
			*set[i] = d
		}
		if *set[i] <= 0 || *set[i] >= above {
			o.atKey(key).fault("门槛要依次下降并大于 0:on_track > attention > behind",
				"the thresholds must descend and be above 0: on_track > attention > behind", events.Text{})
		}
		above = *set[i]
	}
	return t
}

func (n *node) pointsProfile() Thresholds {
	o := n.object("profile", "behind", "critical")
	t := defaultPoints
	for key, into := range map[string]*events.Decimal{"behind": &t.BehindPoints, "critical": &t.CriticalPoints} {
		if d, ok := o.get(key).decimal(); ok {
			*into = d
		}
	}
	if t.BehindPoints <= 0 || t.CriticalPoints <= t.BehindPoints {
		o.atKey("critical").fault("百分点要大于 0,critical 要大于 behind", "the points must be above 0, and critical above behind", events.Text{})
	}
	return t
}

// atKey is where to say something about a key: its value, or the mapping if it was left out.
func (o *object) atKey(key string) *node {
	if v := o.values[key]; v != nil {
		return v
	}
	return o.node
}

func (n *node) expose() Expose {
	e := Expose{Depth: 2, Quarters: 4, MaxSeries: 50_000}
	o := n.object("depth", "quarters", "max_series")
	if v := o.get("depth"); v != nil {
		e.Depth = v.integer(0, 100)
	}
	if v := o.get("quarters"); v != nil {
		e.Quarters = v.integer(1, 40)
	}
	if v := o.get("max_series"); v != nil {
		e.MaxSeries = v.integer(1, 10_000_000)
	}
	return e
}

func (l *loader) readDuties(n *node) {
	given := make(map[Duty]bool)
	for _, entry := range n.list() {
		o := entry.object("org", "indicators")
		at := o.need("org")
		org := at.orgCode()
		known := l.checkOrg(at, org)
		for _, item := range o.need("indicators").list() {
			id := item.str()
			duty := Duty{Org: org, Indicator: id}
			switch {
			case id == "" || !l.checkIndicator(item, id) || !known:
			case given[duty]:
				item.fault(org+" 的 "+id+" 列了两次", id+" of "+org+" is listed twice", events.Text{})
			default:
				given[duty] = true
				l.plan.Duties = append(l.plan.Duties, duty)
			}
		}
	}
}

// checkIndicator reports whether the plan has the indicator. Where none could be read it has all.
func (l *loader) checkIndicator(n *node, id string) bool {
	if len(l.byID) == 0 || l.byID[id] != nil {
		return true
	}
	known := make([]string, 0, len(l.drafts))
	for _, d := range l.drafts {
		known = append(known, d.ID)
	}
	hint := events.Text{ZH: "指标列在 indicators.yaml 中", EN: "indicators are listed in indicators.yaml"}
	if near := events.Suggest(id, known); near != "" {
		hint = meant(near)
	}
	n.fault("没有指标 "+id, "unknown indicator "+id, hint)
	return false
}

// The thresholds of a plan that names none (SEMANTICS 4.7).
var (
	defaultRatio  = Thresholds{Profile: "ratio", OnTrack: 1_0000, Attention: 8000, Behind: 6000}
	defaultPoints = Thresholds{Profile: PointsProfile, BehindPoints: 10_0000, CriticalPoints: 30_0000}
)
