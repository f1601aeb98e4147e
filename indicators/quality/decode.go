package quality

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// event is a fact as rules read it.
type event struct {
	place
	day    events.Day
	typ    string
	source string
	data   object
}

// reading is what rules want to know of an event.
type reading struct {
	*state
	*event
	entries []entry
}

// readers are the rules that look at events of a type, by the names of types and fields that the default plan has.
var readers = map[string][]func(*reading){
	"EnterpriseRegistered":   {readCode, readRegistration, readName},
	"EnterpriseRenamed":      {readName},
	"HighTechApplied":        {readYear},
	"HighTechRecognized":     {readCertificate, readNumber},
	"HighTechRevoked":        {readRevocation},
	"TechSmeListed":          {readYear, readNumber},
	"PatentFiled":            {readPatent},
	"PatentGranted":          {readPatent, readGrant},
	"ProjectSubmitted":       {readProject, readApplicants, readAmounts},
	"ProjectStageChanged":    {readProject, readAmounts},
	"SubsidyApplied":         {readSubsidy, readApplicants, readAward, readAmounts},
	"SubsidyDecided":         {readSubsidy, readAmounts},
	"SubsidyDisbursed":       {readSubsidy, readAmounts},
	"AchievementConverted":   {readNumber, readAmounts},
	"TechContractRegistered": {readNumber, readContract, readAmounts},
	"VillageListed":          {readVillage},
	"EnvoyAssigned":          {readVillage, readEnvoy},
	"EnvoyReleased":          {readEnvoy},
	"EnvoyServiceRecorded":   {readEnvoy},
	"EnvoyTrainingHeld":      {readEnvoy, readTraining},
	"TargetSet":              {readWeight},
}

// read returns what rules want to know of an event: nothing of one that no figure is made of either, because the plan lacks
// its type or its unit.
func (s *state) read(e *events.Stored, at events.Position) []entry {
	t, known := s.plan.Catalogue.Type(string(e.Type))
	if !known || t.Control || t.Schema() != string(e.Schema) {
		return nil
	}
	org, known := s.plan.Orgs.Index(string(e.Org))
	if !known {
		return nil
	}
	r := &reading{state: s, event: &event{place: place{at, int32(org)}, day: e.Day(), typ: t.Name, source: string(e.Source)}}
	readDay(r)
	rest := readers[t.Name]
	if len(rest) == 0 && !s.evidence.wants(t.Name) && !labelled(e) {
		return r.entries
	}
	data, err := readObject(e.Data)
	if err != nil {
		return r.entries
	}
	r.data = data
	for _, read := range rest {
		read(r)
	}
	readLabels(r)
	readTotals(r)
	s.evidence.read(r)
	return r.entries
}

// add notes a fact for a shelf.
func add[F fact](r *reading, shelf *shelf[F], key string, f F) {
	r.entries = append(r.entries, item[F]{shelf, key, f})
}

// oddity is a finding about one event that needs no other.
type oddity struct {
	place
	*check
	text events.Text
}

func (o oddity) where() place { return o.place }

// odd notes that something is odd about the event as it stands.
func (r *reading) odd(c *check, zh, en string, args ...any) {
	add(r, r.state.odd, r.at.String(), oddity{r.place, c, textf(zh, en, args...)})
}

func judgeOddities(b *bench, _ string, list []oddity) {
	for _, o := range list {
		b.about(o.check, o.place, func() events.Text { return o.text })
	}
}

// content sums up what an event says, aside from where that is known from: events with different sums say different things.
func (e *event) content() uint32 {
	h := fnv.New32a()
	_, _ = h.Write(binary.BigEndian.AppendUint32([]byte(e.typ), uint32(e.day)))
	for _, name := range slices.Sorted(maps.Keys(e.data)) {
		if name != "note" && name != "source_ref" && name != "evidence" {
			_, _ = h.Write([]byte(name))
			_, _ = h.Write(e.data[name])
		}
	}
	return h.Sum32()
}

// sum shortens a text that is only compared within a group.
func sum(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}
