package indicators

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// checkReferences makes sure that the parts of ratios, nets and coverages are there and of a kind that will do.
func (l *loader) checkReferences() {
	for _, d := range l.drafts {
		for _, r := range d.refs {
			if !l.checkIndicator(r.at, r.id) {
				continue
			}
			l.checkPart(d, r)
		}
	}
}

func (l *loader) checkPart(d *draft, r reference) {
	part := l.byID[r.id]
	switch {
	case part == nil || part.Kind == "":
	case !slices.Contains(r.want, part.Kind):
		want := make([]string, len(r.want))
		for i, k := range r.want {
			want[i] = string(k)
		}
		r.at.fault(r.id+" 是 "+string(part.Kind)+",不能用在 "+string(d.Kind)+" 里", r.id+" is a "+string(part.Kind)+", which is no part of a "+string(d.Kind),
			events.Text{ZH: "要的是 " + strings.Join(want, "、"), EN: "wanted is " + strings.Join(want, ", ")})
	case part.Minus != "" && d.Kind != Ratio:
		r.at.fault(r.id+" 只数将到期的,不能用在 "+string(d.Kind)+" 里", r.id+" counts what expires, which is no part of a "+string(d.Kind),
			events.Text{ZH: "用没有 expiring 的存量", EN: "use a stock without expiring"})
	}
}

// checkCycles says each ring of indicators that are made of one another, once, where its first member in the file names
// the next.
func (l *loader) checkCycles() {
	said := make(map[*draft]bool)
	for _, d := range l.drafts {
		if said[d] {
			continue
		}
		for _, r := range d.refs {
			ring := l.ring(r.id, d, []string{d.ID}, make(map[string]bool))
			if ring == nil {
				continue
			}
			for _, id := range ring {
				said[l.byID[id]] = true
			}
			path := strings.Join(ring, " -> ")
			r.at.fault("指标绕成一圈:"+path, "the indicators are made of one another: "+path, events.Text{})
			break
		}
	}
}

// ring returns the way from an indicator to the goal, or nil.
func (l *loader) ring(id string, goal *draft, path []string, seen map[string]bool) []string {
	path = append(slices.Clone(path), id)
	if id == goal.ID {
		return path
	}
	d := l.byID[id]
	if d == nil || seen[id] {
		return nil
	}
	seen[id] = true
	for _, r := range d.refs {
		if found := l.ring(r.id, goal, path, seen); found != nil {
			return found
		}
	}
	return nil
}
