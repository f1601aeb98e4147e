package projections

import (
	"maps"

	"github.com/kaohe/kaohe/events"
)

// keyed is a map from identities that views share with the fold: in shards, of which one that is older than the fold's present
// epoch is copied before it is written to. Few events are in it, but over the years they may become many.
type keyed[V any] struct {
	epoch  uint32
	shards *[256]shard[V]
}

type shard[V any] struct {
	epoch uint32
	m     map[events.Key]V
}

func (t *keyed[V]) get(k events.Key) (v V, ok bool) {
	if t.shards == nil {
		return v, false
	}
	v, ok = t.shards[k[0]].m[k]
	return v, ok
}

func (t *keyed[V]) set(epoch uint32, k events.Key, v V) {
	t.owned(epoch, k)[k] = v
}

func (t *keyed[V]) delete(epoch uint32, k events.Key) {
	if _, ok := t.get(k); ok {
		delete(t.owned(epoch, k), k)
	}
}

// owned returns the map of a key's shard to write to.
func (t *keyed[V]) owned(epoch uint32, k events.Key) map[events.Key]V {
	if t.shards == nil {
		t.shards, t.epoch = new([256]shard[V]), epoch
	} else if t.epoch != epoch {
		c := *t.shards
		t.shards, t.epoch = &c, epoch
	}
	s := &t.shards[k[0]]
	if s.m == nil {
		*s = shard[V]{epoch, make(map[events.Key]V)}
	} else if s.epoch != epoch {
		*s = shard[V]{epoch, maps.Clone(s.m)}
	}
	return s.m
}

// len counts the identities.
func (t *keyed[V]) len() (n int) {
	if t.shards != nil {
		for i := range t.shards {
			n += len(t.shards[i].m)
		}
	}
	return n
}

// each calls fn with everything that is in it.
func (t *keyed[V]) each(fn func(k events.Key, v V)) {
	if t.shards == nil {
		return
	}
	for i := range t.shards {
		for k, v := range t.shards[i].m {
			fn(k, v)
		}
	}
}
