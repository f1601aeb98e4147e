package indicators

import (
	"cmp"
	"maps"
	"slices"
)

// OtherPortions is the member that stands for those of a dimension that are not told one by one.
const OtherPortions = "(other)"

// maxMember is how long the name of a member may be, in bytes, to be told: a dimension may be a text that staff write.
const maxMember = 128

// Portion is what one member of a dimension contributes to a figure.
type Portion struct {
	Dimension, Member string
	Value             Number
}

// Portions returns a figure's breakdown as a list of bounded length, ordered by dimension and name: of each dimension the
// members with the largest values, at most so many, and what the others come to as [OtherPortions].
func (f *Figure) Portions(most int) []Portion {
	var list []Portion
	for _, dimension := range slices.Sorted(maps.Keys(f.Breakdown)) {
		list = append(list, portions(dimension, f.Breakdown[dimension], most)...)
	}
	return list
}

func portions(dimension string, members map[string]Number, most int) []Portion {
	var told []Portion
	var rest Number
	leave := func(n Number) { rest = rest.or(zero).add(n) }
	for name, n := range members {
		if name == OtherPortions || len(name) > maxMember {
			leave(n)
			continue
		}
		told = append(told, Portion{dimension, name, n})
	}
	slices.SortFunc(told, func(a, b Portion) int {
		return cmp.Or(b.Value.abs().cmp(a.Value.abs()), cmp.Compare(a.Member, b.Member))
	})
	for _, p := range told[min(most, len(told)):] {
		leave(p.Value)
	}
	told = told[:min(most, len(told))]
	slices.SortFunc(told, func(a, b Portion) int { return cmp.Compare(a.Member, b.Member) })
	if rest.Known() && rest.Sign() != 0 {
		told = append(told, Portion{dimension, OtherPortions, rest})
	}
	return told
}
