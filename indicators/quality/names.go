package quality

import (
	"cmp"
	"strings"

	"github.com/kaohe/kaohe/events"
)

var (
	nameVariant = newCheck("DQ-03", "variant", Warn,
		"若是同一家，统一用一个企业编号（kaohe correct），简称用 EnterpriseRenamed 登记；若不是，不必理会。",
		"If they are one firm, use one id (kaohe correct) and record short names as EnterpriseRenamed; if they are not, leave it.")
	nameGarbled = newCheck("DQ-03", "garbled", Warn,
		"原文件可能是 GBK 编码：按正确的编码重新读取，再用 kaohe correct 更正名称。",
		"The file it came from may be in GBK: read it as that, and correct the name with kaohe correct.")
)

// nameFact is a name that a firm has somewhere. Who names it without an id means whoever has that name.
type nameFact struct {
	place
	id, name string
	garbled  bool
}

func (f nameFact) where() place { return f.place }

// who tells firms apart as figures do: by the id, or else by the name as it is written.
type who struct{ id, name string }

func (f *nameFact) who() who {
	if f.id != "" {
		return who{id: f.id}
	}
	return who{name: f.name}
}

// called names the firm for people.
func (f *nameFact) called() events.Text {
	if f.id != "" {
		return events.Text{ZH: f.name + "（" + f.id + "）", EN: f.name + " (" + f.id + ")"}
	}
	return events.Text{ZH: f.name + "（无编号）", EN: f.name + " (no id)"}
}

func readName(r *reading) {
	id := r.data.text("enterprise_id")
	r.name(id, cmp.Or(r.data.text("name"), r.data.text("new_name")), true)
}

// readApplicants takes the names of a joint application.
func readApplicants(r *reading) {
	for _, firm := range r.data.objects("entities") {
		r.name(firm.text("id"), firm.text("name"), false)
	}
}

// name files a name by what is left of it without the ways in which it varies, so that variants meet in one group. A name on
// record is also one that a garbled name may have been.
func (r *reading) name(id, name string, onRecord bool) {
	if name == "" {
		return
	}
	f := nameFact{place: r.place, id: id, name: name}
	whole, garbled := intact(name)
	f.garbled = garbled
	rest := r.core(whole)
	if !garbled {
		add(r, r.names, rest, f)
	}
	if stem := stemOf(rest); garbled || onRecord && stem != "" {
		add(r, r.stems, stem, f)
	}
}

// stemSize is how many characters of a name must be left for a guess at which name was garbled.
const stemSize = 3

// stemOf returns the beginning of a name that has one; else "".
func stemOf(rest string) string {
	runes := []rune(rest)
	if len(runes) < stemSize {
		return ""
	}
	return string(runes[:stemSize])
}

// judgeName finds firms that have the same name but for its spelling: DQ-03 of DOMAIN 4.4. Each firm is held against the first
// one, of its own unit if there is one.
func judgeName(b *bench, _ string, facts []nameFact) {
	if len(facts) < 2 {
		return
	}
	type sight struct {
		org int32
		who who
	}
	var first *nameFact
	here, seen, known := map[int32]*nameFact{}, map[sight]bool{}, map[who]bool{}
	for i := range facts {
		f := &facts[i]
		w := f.who()
		if seen[sight{f.org, w}] {
			continue
		}
		o := here[f.org]
		if o == nil && !known[w] {
			o = first
		}
		if o != nil {
			b.about(nameVariant, f.place, func() events.Text {
				return textf("%s 与 %s（%v）可能是同一家", "%s may be the same firm as %s (%v)", f.called(), o.called(), o.at)
			}, o.place)
		}
		seen[sight{f.org, w}], known[w] = true, true
		first, here[f.org] = cmp.Or(first, f), cmp.Or(here[f.org], f)
	}
}

// maxCandidates is how many names a garbled one is compared with.
const maxCandidates = 256

// judgeStem finds names that were garbled on the way, and guesses what they were.
func judgeStem(b *bench, stem string, facts []nameFact) {
	for i := range facts {
		f := &facts[i]
		if !f.garbled {
			continue
		}
		var o *nameFact
		if stem != "" {
			o = ungarbled(f, facts[:min(len(facts), maxCandidates)])
		}
		if o == nil {
			b.about(nameGarbled, f.place, func() events.Text {
				return textf("名称 %s 像是乱码", "the name %s seems to be garbled", f.called())
			})
			continue
		}
		b.about(nameGarbled, f.place, func() events.Text {
			return textf("名称 %s 像是乱码；是不是 %s？", "the name %s seems to be garbled; did you mean %s?", f.called(), o.called())
		}, o.place)
	}
}

// ungarbled returns the firm whose name agrees with what is left of a garbled one: the firm itself, or else the only one; nil if there
// is none, or more than one.
func ungarbled(f *nameFact, candidates []nameFact) (only *nameFact) {
	left, _ := intact(f.name)
	several := false
	for i := range candidates {
		c := &candidates[i]
		switch {
		case c.garbled || !strings.Contains(c.name, left):
		case c.who() == f.who():
			return c
		case only == nil:
			only = c
		case only.who() != c.who():
			several = true
		}
	}
	if several {
		return nil
	}
	return only
}
