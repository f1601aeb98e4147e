package quality

import (
	"cmp"
	"slices"
	"sort"

	"github.com/kaohe/kaohe/events"
)

var (
	envoyUnknown = newCheck("DQ-08", "envoy_unknown", Warn,
		"核对特派员编号；若没错，用 EnvoyAssigned 登记选派。",
		"Check the envoy's id; if it is right, record the assignment as EnvoyAssigned.")
	serviceOutside = newCheck("DQ-08", "outside_assignment", Warn,
		"核对服务日期，或更正选派和期满的日期。",
		"Check the days of the service, or correct those of the assignment.")
)

// What an envoyFact tells.
const (
	envoyAssigned uint8 = iota
	envoyReleased
	envoyService // or training
)

// envoyFact is an assignment, the end of one, or a service. There is one for every service that was ever recorded, so it is small.
type envoyFact struct {
	place
	from, to events.Day // of a service: its period
	target   uint32     // what an assignment is to, shortened
	what     uint8
}

func (f envoyFact) where() place { return f.place }

func readEnvoy(r *reading) {
	id := r.data.text("envoy_id")
	if id == "" {
		return
	}
	f := envoyFact{place: r.place, from: r.day, to: r.day, what: envoyService}
	switch r.typ {
	case "EnvoyAssigned":
		f.what = envoyAssigned
		if f.to = r.data.day("to"); f.to == 0 {
			f.to = forever
		}
	case "EnvoyReleased":
		f.what = envoyReleased
	default:
		if start := r.data.day("period_start"); start != 0 && start < r.day {
			f.from = start
		}
	}
	if f.what != envoyService {
		f.target = sum(cmp.Or(r.data.text("village_id"), "\x00"+r.data.text("enterprise_id")))
	}
	add(r, r.envoys, id, f)
}

// span is some days in a row.
type span struct{ from, to events.Day }

// judgeEnvoy holds an envoy's services and trainings against the assignments: DQ-08 of DOMAIN 4.4. A unit's services outside of all
// are one finding. A service over a period is in order if the envoy was assigned on one day of it.
func judgeEnvoy(b *bench, id string, facts []envoyFact) {
	assigned, ever := assignments(facts)
	outside := map[int32][]events.Position{}
	var units []int32
	for _, f := range facts {
		if f.what != envoyService || within(assigned, f) {
			continue
		}
		if outside[f.org] == nil {
			units = append(units, f.org)
		}
		outside[f.org] = append(outside[f.org], f.at)
	}
	for _, org := range units {
		list := outside[org]
		v := verdict{check: serviceOutside, org: org, at: list[0], all: list}
		text := textfor("特派员 %s 有 %d 条服务或培训不在任何一次选派的期间内", "%[2]d services or trainings of envoy %[1]s are outside of every assignment")
		if !ever {
			v.check = envoyUnknown
			text = textfor("特派员 %s 没有选派记录，却有 %d 条服务或培训", "envoy %s was never assigned, but has %d services or trainings")
		}
		v.say = func() events.Text { return text(id, len(list)) }
		b.find(v)
	}
}

// assignments returns the days on which an envoy was assigned to anything, in order and without overlaps, and whether there is an
// assignment at all.
func assignments(facts []envoyFact) (merged []span, ever bool) {
	released := map[uint32][]events.Day{}
	for _, f := range facts {
		if f.what == envoyReleased {
			released[f.target] = append(released[f.target], f.from)
		}
	}
	var all []span
	for _, f := range facts {
		if f.what != envoyAssigned {
			continue
		}
		ever = true
		s := span{f.from, f.to}
		for _, day := range released[f.target] {
			if day >= s.from {
				s.to = min(s.to, day-1)
			}
		}
		if s.from <= s.to {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(x, y span) int { return cmp.Compare(x.from, y.from) })
	merged = all[:0]
	for _, s := range all {
		if n := len(merged); n > 0 && s.from <= merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, s.to)
		} else {
			merged = append(merged, s)
		}
	}
	return merged, ever
}

// within reports whether an envoy was assigned on one of the days of a service.
func within(assigned []span, f envoyFact) bool {
	i := sort.Search(len(assigned), func(i int) bool { return assigned[i].to >= f.from })
	return i < len(assigned) && assigned[i].from <= f.to
}
