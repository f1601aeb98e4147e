package access

import (
	"strings"

	"github.com/kaohe/kaohe/events"
)

// abilityNames are the words for the abilities, in the order in which they are listed.
var abilityNames = [...]struct {
	ability  Ability
	name, zh string
}{{Emit, "emit", "登记"}, {Read, "read", "查看"}, {Target, "target", "下达目标"}, {Close, "close", "锁定报告期"}}

// Names returns the words for what a holds: emit, read, target, close.
func (a Ability) Names() []string {
	names := make([]string, 0, len(abilityNames))
	for _, n := range abilityNames {
		if a&n.ability != 0 {
			names = append(names, n.name)
		}
	}
	return names
}

// String lists the words, with commas between them.
func (a Ability) String() string { return strings.Join(a.Names(), ",") }

// ParseAbilities reads words for abilities. Each may be there once; it fails with an [InvalidError].
func ParseAbilities(names []string) (Ability, error) {
	var all Ability
	for _, name := range names {
		a := abilityOf(strings.TrimSpace(name))
		if a == 0 || all&a != 0 {
			return 0, &InvalidError{Field: "can", Got: name, Want: wantAbilities}
		}
		all |= a
	}
	if all == 0 {
		return 0, &InvalidError{Field: "can", Want: wantAbilities}
	}
	return all, nil
}

var wantAbilities = events.Text{ZH: "emit、read、target、close 中的一项或几项，各一次", EN: "some of emit, read, target, close, each once"}

func abilityOf(name string) Ability {
	for _, n := range abilityNames {
		if n.name == name {
			return n.ability
		}
	}
	return 0
}

// Words says what a holds, for people.
func (a Ability) Words() events.Text {
	var t events.Text
	for _, n := range abilityNames {
		if a&n.ability == 0 {
			continue
		}
		if t.EN != "" {
			t.ZH, t.EN = t.ZH+"、", t.EN+", "
		}
		t.ZH, t.EN = t.ZH+n.zh+"("+n.name+")", t.EN+n.name
	}
	return t
}
