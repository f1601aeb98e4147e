package catalogue_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// only is the one mistake that a schema must have.
func only(t *testing.T, fsys fs.FS) events.Mistake {
	t.Helper()
	c, mistakes := catalogue.Load(fsys)
	if c != nil || len(mistakes) != 1 {
		t.Fatalf("catalogue %v with %d mistakes, want one: %.300v", c, len(mistakes), mistakes)
	}
	return mistakes[0]
}

// sealed is a file system whose files can be looked at but never opened, as a pipe that nobody writes to.
type sealed struct{ fstest.MapFS }

func (s sealed) Open(name string) (fs.File, error) {
	if info, err := s.Stat(name); err == nil && !info.IsDir() {
		return nil, errors.New("opened")
	}
	return s.MapFS.Open(name)
}

func TestOnlyRegularFilesAreRead(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"a pipe": fs.ModeNamedPipe, "a device": fs.ModeDevice | fs.ModeCharDevice, "a socket": fs.ModeSocket} {
		t.Run(name, func(t *testing.T) {
			m := only(t, sealed{fstest.MapFS{"events/ThingDone.v1.json": {Mode: mode}}})
			if m.File != "events/ThingDone.v1.json" || m.Text.EN != "this is not a regular file" || m.Text.ZH == "" {
				t.Errorf("got %+v", m)
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		m := only(t, fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(thing)}, "events/Dir.v1.json/x": {}, "events/drafts/y.json": {}})
		if m.File != "events/Dir.v1.json" || m.Text.EN != "this is not a regular file" {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("a large file", func(t *testing.T) {
		m := only(t, sealed{fstest.MapFS{"events/ThingDone.v1.json": {Data: make([]byte, catalogue.MaxFile+1)}}})
		if m.Text.EN != "the file is larger than 1 MiB" {
			t.Errorf("got %+v", m)
		}
	})
}

func TestNestingOfSchemasIsBounded(t *testing.T) {
	const before, two, one = `  "required": ["name"], "not": `, `{"anyOf": [`, `{"anyOf": `
	nested := func(depth int) fstest.MapFS {
		deep := strings.Repeat(two, depth/2) + strings.Repeat(`]}`, depth/2)
		return fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(strings.Replace(thing, `  "required": ["name"],`, before+deep+`,`, 1))}}
	}
	_, mistakes := catalogue.Load(nested(62)) // within the root, at depth 1
	for _, m := range mistakes {
		if strings.Contains(m.Text.EN, "nested") {
			t.Errorf("depth 63 is refused: %s", m.Text.EN)
		}
	}
	m := only(t, nested(100_000))
	if m.Line != 10 || !strings.Contains(m.Text.EN, "nested more than 64 levels deep") || m.Column != 31*len(two)+len(before+one)+1 {
		t.Errorf("got %d:%d %s", m.Line, m.Column, m.Text.EN)
	}
}

// Every mistake costs a search for its place, so that not too many may be looked for.
func TestMistakesOfOneFileAreLimited(t *testing.T) {
	var b strings.Builder
	for range 100_000 {
		b.WriteString(`"minLenght": 1, `)
	}
	start := time.Now()
	_, mistakes := catalogue.Load(fstest.MapFS{"events/ThingDone.v1.json": {Data: []byte(strings.Replace(thing, `"minLength": 1`, b.String()[:600_000]+`"x": 1`, 1))}})
	if len(mistakes) != catalogue.MaxMistakes || time.Since(start) > 5*time.Second {
		t.Errorf("%d mistakes in %v, want %d", len(mistakes), time.Since(start), catalogue.MaxMistakes)
	}
}
