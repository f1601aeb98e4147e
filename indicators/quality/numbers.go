package quality

import (
	"strings"

	"github.com/kaohe/kaohe/events"
)

var (
	numberSpelled = newCheck("DQ-13", "number_spelled_twice", Error,
		"同一编号写法不同会计两次：作废其中一条，或用 kaohe correct 统一写法。",
		"One number in two spellings counts twice: void one of them, or make the spellings one with kaohe correct.")
	numberDiffers = newCheck("DQ-13", "number_differs", Error,
		"两条只计先登记的一条，内容却不同：作废或更正其中一条。",
		"Only the one recorded first counts, but they differ: void or correct one of them.")
	numberRepeated = newCheck("DQ-13", "number_repeated", Info,
		"内容相同，只计一次，不必处理。",
		"They say the same and count once: nothing needs to be done.")
	codeShared = newCheck("DQ-13", "code_shared", Error,
		"一家企业只用一个企业编号：用 kaohe correct 统一。",
		"A firm has one id: make them one with kaohe correct.")
	registryShared = newCheck("DQ-13", "registry_shared", Warn,
		"若是同一项成果，作废其中一条；否则核对登记号。",
		"If it is one achievement, void one of them; otherwise check the registry number.")
	trainingRepeated = newCheck("DQ-13", "training_repeated", Warn,
		"若是同一场培训，作废其中一条；确实办了两场的不必处理。",
		"If it was one training, void one of them; if there were two, leave it.")
)

// numberFact is the use of a number that names one thing.
type numberFact struct {
	place
	exact   uint32 // the number as it is written, or the id of the thing that it names, shortened
	content uint32
	what    uint8
	kind    uint8 // of a patent
}

func (f numberFact) where() place { return f.place }

// What numbers name; the first byte of a group's key.
const (
	certificateNumber = 'H'
	smeNumber         = 'S'
	contractNumber    = 'C'
	achievementNumber = 'A'
	registryNumber    = 'R'
	creditCode        = 'U'
	trainingHeld      = 'T'
)

func (r *reading) number(what byte, number, exact string) {
	if number != "" {
		add(r, r.numbers, string(what)+number, numberFact{place: r.place, exact: sum(exact), content: r.content()})
	}
}

// spelled returns a number without the ways in which people write it.
func spelled(number string) string {
	return letters(strings.ToUpper(number))
}

func readNumber(r *reading) {
	d := r.data
	switch r.typ {
	case "HighTechRecognized":
		no := d.text("certificate_no")
		r.number(certificateNumber, spelled(no), no)
	case "TechSmeListed":
		no := d.text("registry_no")
		r.number(smeNumber, spelled(no), no)
	case "TechContractRegistered": // what one firm puts out another takes in
		no := d.text("contract_no")
		r.number(contractNumber, spelled(no)+"/"+d.text("direction"), no)
	case "AchievementConverted":
		id := d.text("achievement_id")
		r.number(achievementNumber, id, id)
		r.number(registryNumber, spelled(d.text("registry_no")), id)
	}
}

// judgeNumber finds what was recorded twice: DQ-13 of DOMAIN 4.4. The intake lets it pass where the sources or ids differ; of two
// facts with one number, written alike, figures take the first (SEMANTICS 1.6).
func judgeNumber(b *bench, key string, facts []numberFact) {
	if len(facts) < 2 {
		return
	}
	number := key[1:]
	switch key[0] {
	case creditCode:
		b.differing(facts, codeShared, func(o place) events.Text {
			return textf("信用代码 %s 已用于另一个企业编号（%v）", "the credit code %s belongs to another id already (%v)", number, o.at)
		})
	case registryNumber:
		b.differing(facts, registryShared, func(o place) events.Text {
			return textf("登记号 %s 已用于另一项成果（%v）", "the registry number %s belongs to another achievement already (%v)", number, o.at)
		})
	case trainingHeld:
		for i := range facts[1:] {
			f, o := &facts[i+1], earlier(facts, i+1)
			b.about(trainingRepeated, f.place, func() events.Text {
				return textf("同一天、同一村、同一内容的培训已登记过（%v）", "a training of this day, village and topic is recorded already (%v)", o.at)
			}, o.place)
		}
	default:
		b.repeated(number, facts)
	}
}

// earlier returns the first of the facts before the i-th: of its own unit if there is one, else of any.
func earlier(facts []numberFact, i int) *numberFact {
	for n := range facts[:i] {
		if facts[n].org == facts[i].org {
			return &facts[n]
		}
	}
	return &facts[0]
}

// differing finds facts with a number that names another thing in an earlier one.
func (b *bench) differing(facts []numberFact, c *check, say func(o place) events.Text) {
	known := map[uint32]bool{facts[0].exact: true}
	for i := range facts {
		f := &facts[i]
		if known[f.exact] {
			continue
		}
		known[f.exact] = true
		o := earlier(facts, i).place
		b.about(c, f.place, func() events.Text { return say(o) }, o)
	}
}

// repeated finds facts with the number of an earlier one.
func (b *bench) repeated(number string, facts []numberFact) {
	for i := range facts {
		if i == 0 {
			continue
		}
		f, o := &facts[i], earlier(facts, i)
		c, text := numberRepeated, textfor("编号 %s 已登记过（%v），内容相同", "number %s is recorded already (%v), and says the same")
		switch {
		case f.exact != o.exact:
			c, text = numberSpelled, textfor("编号 %s 已登记过（%v），写法不同", "number %s is recorded already (%v), in another spelling")
		case !b.related(f.org, o.org):
			c, text = numberDiffers, textfor("编号 %s 已由另一单位登记（%v）", "number %s is recorded by another unit already (%v)")
		case f.content != o.content:
			c, text = numberDiffers, textfor("编号 %s 已登记过（%v），内容不同", "number %s is recorded already (%v), and says something else")
		}
		b.about(c, f.place, func() events.Text { return text(number, o.at) }, o.place)
	}
}

// textfor keeps the formats of a text until it is wanted.
func textfor(zh, en string) func(args ...any) events.Text {
	return func(args ...any) events.Text { return textf(zh, en, args...) }
}
