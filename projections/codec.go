package projections

import (
	"encoding/binary"
	"errors"

	"github.com/kaohe/kaohe/events"
)

// errState says that bytes are not the state of a fold by these rules.
var errState = errors.New("not the state of a fold")

// encoder writes the state of a fold: numbers as varints, texts with their lengths before them.
type encoder struct {
	b []byte
}

func (e *encoder) uint(n uint64) { e.b = binary.AppendUvarint(e.b, n) }
func (e *encoder) int(n int64)   { e.b = binary.AppendVarint(e.b, n) }
func (e *encoder) count(n int)   { e.uint(uint64(n)) }
func (e *encoder) raw(b []byte)  { e.b = append(e.b, b...) }
func (e *encoder) flag(yes bool) { e.b = append(e.b, byte(b2i(yes))) }
func (e *encoder) day(d events.Day) {
	e.int(int64(d))
}

func (e *encoder) bytes(b []byte) {
	e.count(len(b))
	e.raw(b)
}

func (e *encoder) text(s string) {
	e.count(len(s))
	e.b = append(e.b, s...)
}

// optional writes bytes that may be nil, which is not the same as none.
func (e *encoder) optional(b []byte) {
	e.flag(b != nil)
	if b != nil {
		e.bytes(b)
	}
}

// decoder reads what an encoder wrote. After the first thing that cannot be, it holds an error and reads nothing but zeros;
// no length is believed before it is held against what is left.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errState
	}
	d.b = nil
}

func (d *decoder) uint() uint64 {
	if len(d.b) > 0 && d.b[0] < 0x80 { // most numbers are small
		n := uint64(d.b[0])
		d.b = d.b[1:]
		return n
	}
	n, size := binary.Uvarint(d.b)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) int() int64 {
	u := d.uint()
	return int64(u>>1) ^ -int64(u&1)
}

// below reads a number that must be less than a bound.
func (d *decoder) below(bound int) int {
	n := d.uint()
	if n >= uint64(max(bound, 0)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) int32() int32 {
	n := d.int()
	if int64(int32(n)) != n {
		d.fail()
		return 0
	}
	return int32(n)
}

func (d *decoder) day() events.Day { return events.Day(d.int32()) }

// count reads how many items follow, each of at least so many bytes.
func (d *decoder) count(size int) int {
	n := d.uint()
	if n > uint64(len(d.b)/size) {
		d.fail()
		return 0
	}
	return int(n)
}

// bytes returns a part of what is read, not a copy.
func (d *decoder) bytes() []byte { return d.raw(d.count(1)) }

func (d *decoder) raw(n int) []byte {
	if n > len(d.b) {
		d.fail()
		return nil
	}
	b := d.b[:n:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) text() string { return string(d.bytes()) }

func (d *decoder) flag() bool { return d.below(2) == 1 }

func (d *decoder) optional() []byte {
	if !d.flag() {
		return nil
	}
	if b := d.bytes(); b != nil {
		return b
	}
	return []byte{}
}

func (d *decoder) key() (k events.Key) {
	copy(k[:], d.raw(len(k)))
	return k
}
