package quality

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

var evidenceMissing = newCheck("DQ-20", "missing", Warn,
	"用 kaohe correct 补上佐证材料（evidence），例如文件名或文号。",
	"Add what proves it with kaohe correct (evidence), such as the name or number of a document.")

// evidence is the board of facts that no document proves, by type, unit, year and the indicators that they feed, with the targets
// that give these indicators a weight: DQ-20 of DOMAIN 4.4.
type evidence struct {
	id    uint8
	plan  *indicators.Plan
	feeds map[string][]feed // by event type

	sets    map[string][]int // indicators that facts feed together, as written in the key of a group
	groups  map[string][]events.Position
	weights map[weight]int // how many targets give one
}

// weight is what a target may give an indicator.
type weight struct {
	indicator string
	org, year int32
}

func newEvidence(plan *indicators.Plan, id uint8) *evidence {
	e := &evidence{id: id, plan: plan, feeds: map[string][]feed{}, sets: map[string][]int{}, groups: map[string][]events.Position{}, weights: map[weight]int{}}
	byName := make(map[string]projections.Measure, len(plan.Measures))
	for _, m := range plan.Measures {
		byName[m.Name] = m
	}
	for i, d := range plan.Indicators {
		for _, name := range measuresOf(plan, d, byName) {
			for _, in := range byName[name].Inputs {
				e.feeds[in.Type] = append(e.feeds[in.Type], feed{i, in})
			}
		}
	}
	return e
}

// measuresOf returns the measures that an indicator rests on, also through others.
func measuresOf(plan *indicators.Plan, d *indicators.Definition, byName map[string]projections.Measure) []string {
	names := []string{d.Measure, d.Minus}
	if m := byName[d.Measure]; m.Kind == projections.Coverage {
		names = append(names, m.Of, m.On)
	}
	for _, id := range []string{d.Of, d.Per} {
		if o, ok := plan.Indicator(id); ok && o != d {
			names = append(names, measuresOf(plan, o, byName)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// wants reports whether facts of a type feed an indicator.
func (e *evidence) wants(typ string) bool { return len(e.feeds[typ]) > 0 }

// read notes a fact that nothing proves.
func (e *evidence) read(r *reading) {
	if !e.wants(r.typ) || r.data.filled("evidence") {
		return
	}
	var fed []int
	for i := range e.feeds[r.typ] {
		if f := &e.feeds[r.typ][i]; f.matches(r.data) {
			fed = append(fed, f.indicator)
		}
	}
	if len(fed) == 0 {
		return
	}
	fed = slices.Compact(slices.Sorted(slices.Values(fed)))
	set := strings.Trim(fmt.Sprint(fed), "[]")
	r.entries = append(r.entries, unproved{e, evidenceKey(r.typ, r.org, int32(r.day.Year()), set), set, fed, r.at})
}

// unproved is a fact without evidence, as an entry.
type unproved struct {
	*evidence
	key, set string
	fed      []int
	at       events.Position
}

func evidenceKey(typ string, org, year int32, set string) string {
	return fmt.Sprintf("%s/%d/%d/%s", typ, org, year, set)
}

func splitEvidenceKey(key string) (typ string, org, year int32, set string) {
	parts := strings.Split(key, "/")
	o, _ := strconv.Atoi(parts[1])
	y, _ := strconv.Atoi(parts[2])
	return parts[0], int32(o), int32(y), parts[3]
}

func (u unproved) touch(each func(ref)) { each(ref{u.id, u.key}) }

func (u unproved) put() bool {
	if u.sets[u.set] == nil {
		u.sets[u.set] = u.fed
	}
	i, found := slices.BinarySearch(u.groups[u.key], u.at)
	if !found {
		u.groups[u.key] = slices.Insert(u.groups[u.key], i, u.at)
	}
	return !found
}

func (u unproved) take() bool {
	group := u.groups[u.key]
	i, found := slices.BinarySearch(group, u.at)
	switch {
	case !found:
	case len(group) == 1:
		delete(u.groups, u.key)
	default:
		u.groups[u.key] = slices.Delete(group, i, i+1)
	}
	return found
}

// judge finds facts that nothing proves, though an indicator that they feed has a weight in their year, at their unit or above.
func (e *evidence) judge(key string, b *bench) {
	group := e.groups[key]
	if len(group) == 0 {
		return
	}
	typ, org, year, set := splitEvidenceKey(key)
	var weighty []string
	for _, i := range e.sets[set] {
		if d := e.plan.Indicators[i]; e.weighs(d.ID, org, year) {
			weighty = append(weighty, d.ID)
		}
	}
	if len(weighty) == 0 {
		return
	}
	b.find(verdict{check: evidenceMissing, org: org, at: group[0], all: group, say: func() events.Text {
		t, _ := e.plan.Catalogue.Type(typ)
		return textf("%d 年 %d 条“%s”没有佐证材料，而指标 %s 有权重", "%[2]d facts of %[1]d (%[3]s) have no evidence, though %[4]s has a weight",
			year, len(group), t.Title, strings.Join(weighty, ", "))
	}})
}

func (e *evidence) weighs(indicator string, org, year int32) bool {
	for _, above := range e.plan.Orgs.Path(int(org)) {
		if e.weights[weight{indicator, int32(above), year}] > 0 {
			return true
		}
	}
	return false
}

// readWeight notes the weight that a target gives its indicator.
func readWeight(r *reading) {
	year, _ := r.data.number("year")
	given, err := events.ParseDecimal(r.data.text("weight"))
	if err == nil && given > 0 {
		r.entries = append(r.entries, weighing{r.state.evidence, weight{r.data.text("indicator"), r.org, int32(year)}, r.at})
	}
}

// weighing is a target with a weight, as an entry.
type weighing struct {
	*evidence
	weight weight
	at     events.Position
}

// touch names the groups of facts that feed the indicator, in the year, at the unit and below.
func (w weighing) touch(each func(ref)) {
	for typ, feeds := range w.feeds {
		if !slices.ContainsFunc(feeds, func(f feed) bool { return w.plan.Indicators[f.indicator].ID == w.weight.indicator }) {
			continue
		}
		for _, org := range w.plan.Subtree(int(w.weight.org)) {
			for set := range w.sets {
				if key := evidenceKey(typ, int32(org), w.weight.year, set); len(w.groups[key]) > 0 {
					each(ref{w.id, key})
				}
			}
		}
	}
}

func (w weighing) put() bool {
	w.weights[w.weight]++
	return true
}

func (w weighing) take() bool {
	n := w.weights[w.weight]
	if n--; n > 0 {
		w.weights[w.weight] = n
	} else {
		delete(w.weights, w.weight)
	}
	return n >= 0
}
