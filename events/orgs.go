package events

import "fmt"

// Org is a unit that facts belong to, named by its division code (GB/T 2260), such as 450703.
type Org struct {
	Code   string
	Name   Text
	Parent string // code of the unit above; empty for a root
}

// Orgs is the tree of units. It never changes once made; a unit is used by its index, which is its place in the plan.
type Orgs struct {
	list  []Org
	index map[string]int
	paths [][]int // the unit itself, its parent, ... its root
}

// NewOrgs makes the tree. Codes must be unique, parents known and without a cycle.
func NewOrgs(list []Org) (*Orgs, error) {
	o := &Orgs{list: list, index: make(map[string]int, len(list)), paths: make([][]int, len(list))}
	for i, org := range list {
		if _, twice := o.index[org.Code]; twice {
			return nil, fmt.Errorf("org %s is listed twice", org.Code)
		}
		o.index[org.Code] = i
	}
	for i := range list {
		path := []int{i}
		for code := list[i].Parent; code != ""; {
			p, ok := o.index[code]
			if !ok {
				return nil, fmt.Errorf("org %s: unknown parent %s", list[path[len(path)-1]].Code, code)
			}
			if len(path) > len(list) {
				return nil, fmt.Errorf("org %s is its own ancestor", list[i].Code)
			}
			path = append(path, p)
			code = list[p].Parent
		}
		o.paths[i] = path
	}
	return o, nil
}

// Len returns the number of units; indexes run from 0 to Len-1.
func (o *Orgs) Len() int { return len(o.list) }

// Org returns the unit with an index.
func (o *Orgs) Org(i int) Org { return o.list[i] }

// Index finds a unit by its code.
func (o *Orgs) Index(code string) (int, bool) {
	i, ok := o.index[code]
	return i, ok
}

// Path returns the indexes of a unit and all its ancestors, nearest first. The caller must not change it.
func (o *Orgs) Path(i int) []int { return o.paths[i] }

// Under reports whether unit i is a or below it.
func (o *Orgs) Under(i, a int) bool {
	for _, p := range o.paths[i] {
		if p == a {
			return true
		}
	}
	return false
}

// Depth returns how many units stand above unit i: 0 for a root.
func (o *Orgs) Depth(i int) int { return len(o.paths[i]) - 1 }

// Children returns the units directly below unit i, in the plan's order.
func (o *Orgs) Children(i int) []int {
	var below []int
	for j, path := range o.paths {
		if len(path) > 1 && path[1] == i {
			below = append(below, j)
		}
	}
	return below
}
