package quality

import (
	"cmp"
	"slices"

	"github.com/kaohe/kaohe/events"
)

var (
	awardUnrecognized = newCheck("DQ-04", "unrecognized", Warn,
		"登记该企业的认定（HighTechRecognized），或核对补助类别和企业编号。",
		"Record the recognition (HighTechRecognized), or check the kind of the subsidy and the firm's id.")
	awardOtherKind = newCheck("DQ-04", "other_kind", Warn,
		"核对补助类别是首次认定还是重新认定，或更正证书的类型。",
		"Check whether the subsidy is for a first recognition or a renewal, or correct the kind of the certificate.")
	certificatesOverlap = newCheck("DQ-05", "overlap", Warn,
		"核对两张证书的发证日期和有效期；企业数只算一家。到期前一年内的重新认定属正常，不提示。",
		"Check issue and validity of both; the firm counts once. A renewal within the last year of the old one is in order.")
	renewalAlone = newCheck("DQ-06", "renewal_without_earlier", Warn,
		"补登上一张证书，或把类型更正为首次认定。",
		"Record the earlier certificate, or correct the kind to first.")
	firstAgain = newCheck("DQ-06", "first_after_earlier", Warn,
		"把类型更正为重新认定，或核对企业编号。",
		"Correct the kind to renewal, or check the firm's id.")
)

// What a firmFact tells.
const (
	firmNamed uint8 = iota
	firmCertified
	firmRevoked
	firmAward
)

// Kinds of certificates and of awards for them.
const (
	kindOther uint8 = iota
	kindFirst
	kindRenewal
)

func kindOf(s string) uint8 {
	switch s {
	case "first", "hnte_first":
		return kindFirst
	case "renewal", "hnte_rerecognition":
		return kindRenewal
	}
	return kindOther
}

var kindWords = [...]events.Text{
	kindOther: {ZH: "其他", EN: "other"}, kindFirst: {ZH: "首次认定", EN: "first recognition"}, kindRenewal: {ZH: "重新认定", EN: "renewal"},
}

// firmFact is what a firm's recognition as a high-tech firm rests on.
type firmFact struct {
	place
	day, until events.Day
	what, kind uint8
	name       string // of the firm, or the certificate's number
}

func (f firmFact) where() place { return f.place }

// readRegistration notes a firm's name, and whose its credit code is.
func readRegistration(r *reading) {
	id := r.data.text("enterprise_id")
	add(r, r.firms, id, firmFact{place: r.place, what: firmNamed, name: r.data.text("name")})
	r.number(creditCode, r.data.text("uscc"), id)
}

// readCertificate: a certificate holds for three years unless it says otherwise.
func readCertificate(r *reading) {
	f := firmFact{place: r.place, day: r.day, until: r.data.day("valid_to"), what: firmCertified, kind: kindOf(r.data.text("kind")), name: r.data.text("certificate_no")}
	if f.until == 0 {
		f.until = r.day.AddMonths(36) - 1
	}
	add(r, r.firms, r.data.text("enterprise_id"), f)
}

func readRevocation(r *reading) {
	add(r, r.firms, r.data.text("enterprise_id"), firmFact{place: r.place, day: r.day, what: firmRevoked, name: r.data.text("certificate_no")})
}

// readAward notes a subsidy for being recognized. Without an id a firm's name is all that is known of it.
func readAward(r *reading) {
	kind := kindOf(r.data.text("kind"))
	if kind == kindOther {
		return
	}
	award := firmFact{place: r.place, day: r.day, what: firmAward, kind: kind}
	if id := r.data.text("enterprise_id"); id != "" {
		add(r, r.firms, id, award)
		return
	}
	for _, firm := range r.data.objects("entities") {
		award.name = firm.text("name")
		add(r, r.firms, cmp.Or(firm.text("id"), award.name), award)
	}
}

// judgeFirm holds a firm's certificates and awards against each other: DQ-04, DQ-05, DQ-06 of DOMAIN 4.4.
func judgeFirm(b *bench, id string, facts []firmFact) {
	name := id
	for _, f := range facts {
		if f.what == firmNamed || f.what == firmAward && f.name != "" {
			name = f.name
		}
	}
	if name != id {
		name += " (" + id + ")"
	}
	certificates := certificatesOf(facts)
	for i, f := range facts {
		if f.what == firmAward && (i == 0 || facts[i-1].at != f.at) { // a joint application may name a firm twice
			judgeAward(b, name, f, certificates)
		}
	}
	judgeCertificates(b, name, certificates)
}

// certificatesOf returns a firm's different certificates by their day, each until it was revoked.
func certificatesOf(facts []firmFact) []firmFact {
	var list []firmFact
	seen, revoked := map[string]bool{}, map[string][]events.Day{}
	for _, f := range facts {
		switch {
		case f.what == firmCertified && !seen[f.name]:
			list, seen[f.name] = append(list, f), true
		case f.what == firmRevoked:
			revoked[f.name] = append(revoked[f.name], f.day)
		}
	}
	for i := range list {
		for _, day := range revoked[list[i].name] {
			if day >= list[i].day {
				list[i].until = min(list[i].until, day-1)
			}
		}
	}
	slices.SortFunc(list, func(x, y firmFact) int { return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.at, y.at)) })
	return list
}

// awardMonths is how long after the recognition a firm may apply for the award.
const awardMonths = 12

func judgeAward(b *bench, name string, award firmFact, certificates []firmFact) {
	recent := 0
	for _, c := range certificates {
		if c.day <= award.day && c.day >= award.day.AddMonths(-awardMonths) {
			if c.kind == award.kind {
				return
			}
			recent++
		}
	}
	c := awardUnrecognized
	if recent > 0 {
		c = awardOtherKind
	}
	b.about(c, award.place, func() events.Text {
		if recent > 0 {
			return textf("%s 申报的是%s补助，而 %v 之前 %d 个月内的证书不是这一类", "%s applies for the award of a %s, but its certificates of the %[4]d months up to %[3]v are of another kind",
				name, kindWords[award.kind], award.day, awardMonths)
		}
		return textf("%s 申报%s补助，但 %v 之前 %d 个月内没有该企业的高新技术企业证书", "%s applies for the award of a %s, but no certificate of it is recorded for the %[4]d months up to %[3]v",
			name, kindWords[award.kind], award.day, awardMonths)
	})
}

// renewalMonths is how long before the end of a certificate the next one is normally issued, at most.
const renewalMonths = 12

func judgeCertificates(b *bench, name string, list []firmFact) {
	var last *firmFact // of those before, the one that holds longest
	for i := range list {
		c := &list[i]
		if o := last; o != nil && c.day <= o.until && (c.kind != kindRenewal || c.day <= o.until.AddMonths(-renewalMonths)) {
			b.about(certificatesOverlap, c.place, func() events.Text {
				return textf("%s 的证书 %s（%v 起）与 %s（至 %v）期限重叠", "certificate %[2]s of %[1]s, issued %[3]v, overlaps %[4]s, which holds until %[5]v",
					name, c.name, c.day, o.name, o.until)
			}, o.place)
		}
		earlier := i > 0 && list[0].day < c.day
		switch {
		case c.kind == kindRenewal && !earlier:
			b.about(renewalAlone, c.place, func() events.Text {
				return textf("%s 的证书 %s 是重新认定，但没有更早的证书", "certificate %[2]s of %[1]s is a renewal, but no earlier one is recorded", name, c.name)
			})
		case c.kind == kindFirst && earlier:
			n := i - 1
			for list[n].day == c.day {
				n--
			}
			o := list[n]
			b.about(firstAgain, c.place, func() events.Text {
				return textf("%s 的证书 %s 是首次认定，但已有更早的证书 %s（%v）", "certificate %[2]s of %[1]s is a first one, but there is an earlier one, %[3]s of %[4]v",
					name, c.name, o.name, o.day)
			}, o.place)
		}
		if last == nil || c.until > last.until {
			last = c
		}
	}
}
