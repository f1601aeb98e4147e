package quality

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// state is the facts that count, grouped for the rules, and what is odd about them: at any moment a function of these facts and
// the plan, in whatever order they came. It knows no log; whoever feeds it guards it.
type state struct {
	plan     *indicators.Plan
	units    []string // their names as they stand before names of firms
	additive map[string][]feed
	below    [][]int // by a unit: those directly below it
	boards   []board

	odd         *shelf[oddity]
	firms       *shelf[firmFact]
	names       *shelf[nameFact]
	stems       *shelf[nameFact]
	villages    *shelf[villageFact]
	envoys      *shelf[envoyFact]
	projects    *shelf[caseFact]
	subsidies   *shelf[caseFact]
	numbers     *shelf[numberFact]
	patents     *shelf[numberFact]
	totals      *shelf[totalFact]
	amounts     *amounts
	evidence    *evidence
	definitions *definitions

	off   []bool // by a check's rank
	dirty map[ref]struct{}
	bench *bench

	findings sorted[listed]
	counts   [][]int // by a check's rank and a unit: findings of that unit alone
}

func newState(plan *indicators.Plan) *state {
	s := &state{plan: plan, units: unitNames(plan.Orgs), additive: additive(plan), dirty: map[ref]struct{}{}, findings: sorted[listed]{compare: listed.compare}}
	s.odd = newShelf(s, judgeOddities)
	s.firms = newShelf(s, judgeFirm)
	s.names = newShelf(s, judgeName)
	s.stems = newShelf(s, judgeStem)
	s.villages = newShelf(s, judgeVillage)
	s.envoys = newShelf(s, judgeEnvoy)
	s.projects = newShelf(s, judgeProject)
	s.subsidies = newShelf(s, judgeSubsidy)
	s.numbers = newShelf(s, judgeNumber)
	s.patents = newShelf(s, judgePatent)
	s.totals = newShelf(s, judgeTotal)
	s.amounts = &amounts{id: s.board(), least: plan.Quality.LeastAmount, groups: map[string]*sorted[amount]{}}
	s.boards = append(s.boards, s.amounts)
	s.evidence = newEvidence(plan, s.board())
	s.boards = append(s.boards, s.evidence)
	s.definitions = &definitions{id: s.board(), plan: plan}
	s.boards = append(s.boards, s.definitions)
	s.below = make([][]int, plan.Orgs.Len())
	for i := range plan.Orgs.Len() {
		if path := plan.Orgs.Path(i); len(path) > 1 {
			s.below[path[1]] = append(s.below[path[1]], i)
		}
	}
	for _, c := range checks {
		s.off = append(s.off, !plan.Quality.On(c.rule))
		s.counts = append(s.counts, make([]int, plan.Orgs.Len()))
	}
	s.bench = s.newBench()
	s.definitions.touch(func(r ref) { s.dirty[r] = struct{}{} })
	s.settle()
	return s
}

func (s *state) board() uint8 { return uint8(len(s.boards)) }

func newShelf[F fact](s *state, rule func(b *bench, key string, facts []F)) *shelf[F] {
	b := &shelf[F]{id: s.board(), groups: map[string][]F{}, rule: rule}
	s.boards = append(s.boards, b)
	return b
}

// newBench returns a bench to judge on; many may be in use while the state does not change.
func (s *state) newBench() *bench {
	return &bench{orgs: s.plan.Orgs, below: s.below, on: func(c *check) bool { return !s.off[c.rank] }}
}

// judge returns the verdicts on a group, which are valid until the bench is used again.
func (s *state) judge(r ref, b *bench) []verdict {
	clear(b.verdicts)
	b.verdicts, b.group = b.verdicts[:0], r.key
	s.boards[r.board].judge(r.key, b)
	return b.verdicts
}

// put takes a fact in, and take gives it up again. What they do to the findings shows once all changes are made: see settle.
func (s *state) put(e entry) {
	e.touch(s.touch)
	e.put()
}

func (s *state) take(e entry) {
	e.touch(s.touch)
	e.take()
}

// touch takes the findings of a group off the list before the group changes.
func (s *state) touch(r ref) {
	if _, dirty := s.dirty[r]; dirty {
		return
	}
	s.dirty[r] = struct{}{}
	for _, v := range s.judge(r, s.bench) {
		if s.findings.take(v.listed(r)) {
			s.counts[v.rank][v.org]--
		}
	}
}

// settle judges anew the groups that have changed, and lists their findings.
func (s *state) settle() {
	for r := range s.dirty {
		for _, v := range s.judge(r, s.bench) {
			if s.findings.put(v.listed(r)) {
				s.counts[v.rank][v.org]++
			}
		}
	}
	clear(s.dirty)
}

// listed is a finding on the list: where it stands in the order, and how to find it again.
type listed struct {
	at   events.Position // of the event that it is about
	hash uint64          // of ref, the same in every process
	key  string          // of ref
	org  int32
	rank uint8 // of its check
	n    uint8
	on   uint8 // board of ref
}

func (v *verdict) listed(r ref) listed {
	h := fnv.New64a()
	_, _ = h.Write([]byte{r.board})
	_, _ = h.Write([]byte(r.key))
	return listed{at: v.at, hash: h.Sum64(), key: r.key, org: v.org, rank: v.rank, n: v.n, on: r.board}
}

// compare puts the worst first, and of one check the earliest.
func (l listed) compare(o listed) int {
	if c := cmp.Or(cmp.Compare(l.rank, o.rank), cmp.Compare(l.at, o.at), cmp.Compare(l.hash, o.hash), cmp.Compare(l.n, o.n)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(l.on, o.on), strings.Compare(l.key, o.key))
}

// verdict judges the group of a finding once more, and returns it.
func (s *state) verdict(l listed, b *bench) (verdict, bool) {
	list := s.judge(ref{l.on, l.key}, b)
	i := slices.IndexFunc(list, func(v verdict) bool { return v.rank == l.rank && v.at == l.at && v.n == l.n })
	if i < 0 {
		return verdict{}, false
	}
	return list[i], true
}
