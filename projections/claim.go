package projections

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/kaohe/kaohe/events"
)

// The same fact may be recorded by two sources: the bureau's sheet and the district's both list a certificate. Events of a
// type with x-identity claim the occurrence that they name. At each unit the first live claim within its subtree counts, in
// the order of the log, and no other (SEMANTICS 1.6). So a claim counts at the units of its path below the nearest one that
// an earlier claim has, too; its reach is their number.
//
//	position  unit     reach
//	12-0      450703   450703 450700 450000   3
//	15-2      450702   450702                 1   above it 12-0 counts
//	20-0      450700   -                      0   450700 counts 12-0, which lies below it
//	(12-0 voided)
//	15-2      450702   450702 450700 450000   3
//	20-0      450700   -                      0
//
// Nearly all occurrences are claimed once, and cost an entry in a table. Where there are several claims the fold keeps their
// places, not what they say: it asks for that when a reach changes ([NeedError]).

// claim is a live event that names an occurrence.
type claim struct {
	at  events.Position
	org int
}

// NeedError says that the fold must know an event again that it took in before. Nothing was changed: give it to
// [Fold.Supply] as it stands in the log, and repeat what was tried.
type NeedError struct {
	At events.Position
}

func (e *NeedError) Error() string { return fmt.Sprintf("event %v is needed once more", e.At) }

// Supply tells a fold what stands at a position. It is forgotten once the event at hand is taken in.
func (f *Fold) Supply(at events.Position, line []byte) {
	f.supplied[at] = slices.Clone(line)
}

// identify finds the fields that name the occurrence.
func (b *binding) identify(names []string) {
	for _, name := range names {
		if name == "day" {
			b.identity = append(b.identity, -1)
			continue
		}
		b.identity = append(b.identity, b.field(name))
	}
}

// occurrence returns the identity of what the event at hand names, and whether it names it wholly.
func (b *binding) occurrence(day events.Day) (k events.Key, ok bool) {
	if len(b.identity) == 0 {
		return k, false
	}
	var buf [256]byte
	id := append(append(buf[:0], b.name...), 0)
	for _, field := range b.identity {
		if field < 0 {
			id = binary.LittleEndian.AppendUint32(id, uint32(day))
			continue
		}
		raw := b.values[field]
		if isNull(raw) {
			return k, false
		}
		value, err := scalar(raw)
		if err != nil {
			return k, false // lists and objects name nothing
		}
		id = binary.AppendUvarint(id, uint64(len(value)))
		id = append(id, value...)
	}
	sum := sha256.Sum256(id)
	return events.Key(sum[:len(k)]), true
}

// A claim packed into a number: sequence, index and unit.
const (
	orgBits  = 18
	maxOrgs  = 1 << orgBits
	maxSeq   = 1 << (64 - 10 - orgBits)
	contests = ^uint64(0) // there are several claims: see Fold.contested
)

func (c claim) packed() uint64 { return uint64(c.at)<<orgBits | uint64(c.org) }

func unpacked(n uint64) claim {
	return claim{events.Position(n >> orgBits), int(n % maxOrgs)}
}

// claims returns the live claims of an occurrence in the order of the log. The caller must not change them.
func (f *Fold) claims(k events.Key) []claim {
	switch n, ok := f.claimed.Get(k); {
	case !ok:
		return nil
	case n == contests:
		list, _ := f.contested.get(k)
		return list
	default:
		f.sole[0] = unpacked(n)
		return f.sole[:]
	}
}

func (f *Fold) setClaims(k events.Key, list []claim) {
	if len(list) < 2 {
		f.contested.delete(f.epoch, k)
	}
	switch len(list) {
	case 0:
		f.claimed.Delete(k)
	case 1:
		f.claimed.Set(k, list[0].packed())
	default:
		f.claimed.Set(k, contests)
		f.contested.set(f.epoch, k, list)
	}
}

// with returns the claims and one more, without the claims and one less. Neither changes the list given.
func with(list []claim, c claim) []claim {
	i, found := slices.BinarySearchFunc(list, c.at, func(c claim, at events.Position) int { return cmp.Compare(c.at, at) })
	list = slices.Clone(list)
	if found {
		list[i] = c
		return list
	}
	return slices.Insert(list, i, c)
}

func without(list []claim, at events.Position) []claim {
	return slices.DeleteFunc(slices.Clone(list), func(c claim) bool { return c.at == at })
}

// reach returns how many units of a claim's path count it: those below the nearest one that an earlier claim has.
func reach(orgs *events.Orgs, earlier []claim, c claim) int {
	path := orgs.Path(c.org)
	n := len(path)
	for _, e := range earlier {
		for n > 0 && orgs.Under(e.org, path[n-1]) {
			n--
		}
		if n == 0 {
			break
		}
	}
	return n
}
