package indicators

import (
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// QualitySettings are what a plan decides about the checks of package quality.
type QualitySettings struct {
	Off          []string     // ids of the rules that are switched off, sorted
	MaxAttendees int64        // attendances at one session of a training from which on DQ-12 asks
	LeastAmount  events.Money // amounts below it, unless 0, make DQ-09 ask for the unit
}

// On reports whether a rule is not switched off.
func (s *QualitySettings) On(rule string) bool {
	_, off := slices.BinarySearch(s.Off, rule)
	return !off
}

// QualityRules returns the ids of the rules that a plan may switch off, in order: those that look at facts. The others of the list
// that bureaus know, DQ-10 and DQ-15, hold by the way in which facts are written and figures made; package quality says how.
func QualityRules() []string {
	var ids []string
	for n := 1; n <= 20; n++ {
		if n != 10 && n != 15 {
			ids = append(ids, fmt.Sprintf("DQ-%02d", n))
		}
	}
	return ids
}

// always are the rules that hold whatever a plan says, and why.
var always = map[string]events.Text{
	"DQ-10": {ZH: "联合金额只记一个总数,没有分项,没有可检查的", EN: "a joint amount is one total without parts, so that there is nothing to look at"},
	"DQ-15": {ZH: "缺分母的数总是空着,没有可检查的", EN: "a figure without its denominator is always left empty, so that there is nothing to look at"},
}

// quality reads how facts are checked.
func (n *node) quality() QualitySettings {
	s := QualitySettings{MaxAttendees: 500, LeastAmount: 100_00}
	o := n.object("off", "max_attendees", "least_yuan")
	if v := o.get("off"); v != nil && (v.kind != yamlList || len(v.items) > 0) {
		for _, item := range v.list() {
			item.switchOff(&s)
		}
		slices.Sort(s.Off)
	}
	if v := o.get("max_attendees"); v != nil {
		s.MaxAttendees = int64(v.integer(1, 1_000_000))
	}
	if v := o.get("least_yuan"); v != nil {
		s.LeastAmount = events.Money(v.integer(0, 1_000_000)) * 100
	}
	return s
}

// switchOff notes that a rule is off.
func (n *node) switchOff(s *QualitySettings) {
	if why, ok := always[n.text]; ok && n.kind == yamlText {
		n.fault(n.text+" 不能关闭", n.text+" cannot be switched off", why)
		return
	}
	switch id := n.oneOf(QualityRules()...); {
	case id == "":
	case slices.Contains(s.Off, id):
		n.fault(id+" 写了两次", id+" is listed twice", events.Text{})
	default:
		s.Off = append(s.Off, id)
	}
}
