package indicators

import (
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// whole is a share of one.
const whole events.Decimal = 1_0000

// readPace reads `pace`: a word, or {stepped: [...]} with the cumulative shares at the quarters' ends.
func (d *draft) readPace(n *node) {
	switch {
	case n == nil:
		d.Pace.Kind = d.Kind.usualPace()
		return
	case n.kind == yamlMap:
		d.Pace = n.stepped()
	default:
		words := []string{string(Monthly), string(Daily), string(Hold), string(Annual), string(AtDue), string(NoPace)}
		if n.kind == yamlText && n.text == string(Stepped) {
			n.fault("stepped 要写出四个季度末的累计份额", "stepped needs the cumulative shares at the four quarters' ends",
				events.Text{ZH: "例如 {stepped: [0, 0, 0.3, 1]}", EN: "for example {stepped: [0, 0, 0.3, 1]}"})
			return
		}
		d.Pace.Kind = PaceKind(n.oneOf(words...))
	}
	d.checkPace(n)
}

// usualPace is the pace of an indicator that names none (SEMANTICS 4.4).
func (k Kind) usualPace() PaceKind {
	switch k {
	case Ratio, Coverage:
		return Hold
	case Milestone:
		return AtDue
	}
	return Monthly
}

// checkPace refuses a pace that says nothing about the kind: what adds up from zero cannot hold all year, and a stage is not
// reached by twelfths.
func (d *draft) checkPace(n *node) {
	paces := map[Kind][]PaceKind{
		Count: {Hold}, Sum: {Hold}, Distinct: {Hold}, Net: {Hold},
		Milestone: {Monthly, Daily},
	}
	if slices.Contains(paces[d.Kind], d.Pace.Kind) {
		usual := string(d.Kind.usualPace())
		n.fault(fmt.Sprintf("%s 不能用 %s", d.Kind, d.Pace.Kind), fmt.Sprintf("a %s cannot have the pace %s", d.Kind, d.Pace.Kind),
			events.Text{ZH: "通常用 " + usual, EN: "it usually has " + usual})
	}
}

func (n *node) stepped() Pace {
	o := n.object("stepped", "step")
	p := Pace{Kind: Stepped}
	if at := o.get("step"); at != nil {
		p.Jump = at.oneOf("end") == "end"
	}
	shares := o.need("stepped")
	items := shares.list()
	if len(items) == 0 {
		return p
	}
	if len(items) != len(p.Shares) {
		shares.fault(fmt.Sprintf("要四个份额,每季度末一个,这里有 %d 个", len(items)),
			fmt.Sprintf("four shares are wanted, one a quarter's end; here are %d", len(items)), events.Text{})
		return p
	}
	before := events.Decimal(0)
	for i, item := range items {
		share, ok := item.decimal()
		switch {
		case !ok:
		case share < before || share > whole:
			item.fault("累计份额要从 0 到 1 逐季不减", "the cumulative shares must rise from 0 to 1", events.Text{})
		case i == len(items)-1 && share != whole:
			item.fault("年底的累计份额要是 1", "the share at the year's end must be 1", events.Text{})
		}
		p.Shares[i], before = share, max(before, share)
	}
	return p
}
