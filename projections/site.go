package projections

import "github.com/kaohe/kaohe/events"

// sites are where facts count. A fact counts at its unit and at all above it, unless the same fact from another source was
// recorded earlier: then it counts only at the units below the nearest one that both have (SEMANTICS 1.6). Such a site is the
// first units of a path, and gets a number after those of the whole paths, which have the numbers of their units.
type sites struct {
	orgs  *events.Orgs
	short []site // the sites that are not whole paths
	index map[site]int32
}

// site is the first units of a unit's path, nearest first.
type site struct {
	org, reach int32
}

func newSites(orgs *events.Orgs) *sites {
	return &sites{orgs: orgs, index: make(map[site]int32)}
}

// number returns the number of a site.
func (s *sites) number(org, reach int) int32 {
	if reach == len(s.orgs.Path(org)) {
		return int32(org)
	}
	key := site{int32(org), int32(reach)}
	n, ok := s.index[key]
	if !ok {
		n = int32(s.orgs.Len() + len(s.short))
		s.index[key] = n
		s.short = append(s.short, key)
	}
	return n
}

// path returns the units of a site, nearest first.
func (s *sites) path(n int32) []int {
	if int(n) < s.orgs.Len() {
		return s.orgs.Path(int(n))
	}
	short := s.short[int(n)-s.orgs.Len()]
	return s.orgs.Path(int(short.org))[:short.reach]
}

// at reports whether what counts at a site counts at a unit, or anywhere.
func (s *sites) at(n int32, org int) bool {
	if org == anywhere {
		return int(n) < s.orgs.Len()
	}
	for _, o := range s.path(n) {
		if o == org {
			return true
		}
	}
	return false
}
