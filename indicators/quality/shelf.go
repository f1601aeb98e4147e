package quality

import (
	"slices"
	"sort"

	"github.com/kaohe/kaohe/events"
)

// place is where a fact stands, and the unit where it happened, as its index in the plan.
type place struct {
	at  events.Position
	org int32
}

// fact is what a rule needs to know of an event: little, and comparable.
type fact interface {
	comparable
	where() place
}

// ref names a group of facts: what is judged as a whole.
type ref struct {
	board uint8
	key   string
}

// board keeps facts in groups, and judges a group.
type board interface {
	judge(key string, b *bench)
}

// maxGroup is how many facts of a group, in the order of the log, are held against each other. So many have one firm, envoy
// or project only where an id stands for nobody in particular, and then it is not the comparison that helps.
const maxGroup = 4096

// shelf is a board of facts of one kind, in the order of the log within a group. Its rule is a function of the group alone.
type shelf[F fact] struct {
	id     uint8
	groups map[string][]F
	rule   func(b *bench, key string, facts []F)
}

func (s *shelf[F]) judge(key string, b *bench) {
	if facts := s.groups[key]; len(facts) > 0 {
		s.rule(b, key, facts[:min(len(facts), maxGroup)])
	}
}

// find returns where a fact is in its group, or would be.
func (s *shelf[F]) find(group []F, f F) (i int, found bool) {
	at := f.where().at
	i = len(group)
	if i > 0 && group[i-1].where().at >= at {
		i = sort.Search(i, func(n int) bool { return group[n].where().at >= at })
	}
	for ; i < len(group) && group[i].where().at == at; i++ {
		if group[i] == f {
			return i, true
		}
	}
	return i, false
}

func (s *shelf[F]) put(key string, f F) bool {
	group := s.groups[key]
	i, found := s.find(group, f)
	if !found {
		s.groups[key] = slices.Insert(group, i, f)
	}
	return !found
}

func (s *shelf[F]) take(key string, f F) bool {
	group := s.groups[key]
	i, found := s.find(group, f)
	switch {
	case !found:
	case len(group) == 1:
		delete(s.groups, key)
	default:
		s.groups[key] = slices.Delete(group, i, i+1)
	}
	return found
}

// entry is a fact with its group: what the state takes in, and gives up again.
type entry interface {
	touch(each func(ref)) // the groups that may be judged otherwise with it than without
	put() bool            // false if it is there already
	take() bool           // false if it is not there
}

// item is a fact for a shelf.
type item[F fact] struct {
	shelf *shelf[F]
	key   string
	fact  F
}

func (i item[F]) touch(each func(ref)) { each(ref{i.shelf.id, i.key}) }
func (i item[F]) put() bool            { return i.shelf.put(i.key, i.fact) }
func (i item[F]) take() bool           { return i.shelf.take(i.key, i.fact) }
