package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Prefixes of derived ids. They name the rule by which the id was made and stay for ever: an event that was recorded
// under one must get the same id when it is sent again in twenty years. testdata/ids.golden holds them to it.
const (
	byIdentity = "k1-" // of the fields that identify the occurrence
	byContent  = "h1-" // of the whole content
)

// identify gives the event its id, unless it came with one.
func (p *preparation) identify() *Refusal {
	if p.event.ID != "" {
		return nil
	}
	if key, ok := identityKey(p.typ, p.data, p.day); ok {
		if p.nth > 1 {
			p.fault("nth", codeNotAllowed, absent, strconv.Itoa(p.nth), events.Text{
				ZH: "这类事件由标识字段区分,相同的就是同一件事", EN: "the identifying fields name this fact; equal ones are one fact"})
			return p.refuse(CodeInvalid)
		}
		p.event.ID = identityID(p.event.Type, p.event.Org, key)
		return nil
	}
	p.event.ID, p.derived = contentID(p.event.Type, p.event.Org, p.day, p.nth, p.data.Hashable()), true
	return nil
}

// member is one member of a JSON object.
type member struct{ name, value string }

// identityKey returns the fields that identify the occurrence, if the type has such and the event has them all.
func identityKey(t *catalogue.Type, data *catalogue.Data, day events.Day) ([]member, bool) {
	if len(t.Identity) == 0 {
		return nil, false
	}
	key := make([]member, 0, 4)
	for _, name := range t.Identity {
		if name == "day" {
			key = append(key, member{name, day.String()})
			continue
		}
		value, ok := data.Get(name)
		if !ok {
			value, ok = byDefault(t, name)
		}
		if !ok {
			return nil, false
		}
		key = append(key, member{name, value})
	}
	return key, true
}

// byDefault returns what a field says that was left out.
func byDefault(t *catalogue.Type, name string) (string, bool) {
	f, ok := t.Field(name)
	if !ok || f.Default == "" {
		return "", false
	}
	if f.Default[0] == '"' {
		return unquoted(jsontext.Value(f.Default)), true
	}
	return f.Default, true
}

// identityID is the id of an occurrence that its fields identify: the hash over the RFC 8785 JSON
//
//	{"key":{"certificate_no":"GR201845000001"},"org":"450703","type":"HighTechRecognized"}
//
// in which each value is a string.
func identityID(typ, org string, key []member) string {
	slices.SortFunc(key, func(a, b member) int { return strings.Compare(a.name, b.name) }) // names are ASCII
	b := make([]byte, 0, 256)
	b = append(b, `{"key":{`...)
	for i, m := range key {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendMember(b, m.name, m.value)
	}
	b = append(b, `},`...)
	b = appendMember(b, "org", org)
	b = append(b, ',')
	b = appendMember(b, "type", typ)
	return hashID(byIdentity, append(b, '}'))
}

// contentID is the id of an occurrence that only its content tells from others: the hash over the RFC 8785 JSON
//
//	{"data":{"attendees":30},"day":"2018-02-28","nth":2,"org":"450703","type":"EnvoyTrainingHeld"}
//
// with the data as it was before defaults were filled in and money in fen. nth is there from the second on.
func contentID(typ, org string, day events.Day, nth int, data []byte) string {
	b := make([]byte, 0, 512)
	b = append(b, `{"data":`...)
	b = append(b, data...)
	b = append(b, ',')
	b = appendMember(b, "day", day.String())
	if nth > 1 {
		b = append(b, `,"nth":`...)
		b = strconv.AppendInt(b, int64(nth), 10)
	}
	b = append(b, ',')
	b = appendMember(b, "org", org)
	b = append(b, ',')
	b = appendMember(b, "type", typ)
	return hashID(byContent, append(b, '}'))
}

func appendMember(b []byte, name, value string) []byte {
	b, _ = jsontext.AppendQuote(b, name)
	b = append(b, ':')
	b, _ = jsontext.AppendQuote(b, value)
	return b
}

func hashID(prefix string, b []byte) string {
	sum := sha256.Sum256(b)
	id := make([]byte, 0, 3+32)
	id = append(id, prefix...)
	return string(hex.AppendEncode(id, sum[:16]))
}

// derivedID reports whether an id is one that this package makes, from whomever it came.
func derivedID(id string) bool {
	return len(id) == len(byContent)+32 && (strings.HasPrefix(id, byContent) || strings.HasPrefix(id, byIdentity))
}
