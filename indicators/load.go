package indicators

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	_ "time/tzdata" // the plan's zone must load on a machine that has no zones of its own

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// The files of a plan, beside the schemas below events.
const (
	planFile       = "plan.yaml"
	orgsFile       = "orgs.yaml"
	indicatorsFile = "indicators.yaml"
)

// Load reads a plan: plan.yaml, orgs.yaml, indicators.yaml and events/*.json. It looks at everything and lists the
// mistakes, up to [catalogue.MaxMistakes] a file, ordered by file and line and fit for a terminal; the plan is nil if there are any.
func Load(fsys fs.FS) (*Plan, []events.Mistake) {
	l := &loader{plan: &Plan{indicatorBy: make(map[string]*Definition)}, broken: make(map[string]bool)}
	l.loadCatalogue(fsys)
	l.readOrgs(l.open(fsys, orgsFile))
	l.readIndicators(l.open(fsys, indicatorsFile))
	l.readPlan(l.open(fsys, planFile))
	for _, f := range l.files {
		l.mistakes = append(l.mistakes, f.mistakes...)
	}
	if len(l.mistakes) == 0 {
		l.hash(fsys)
	}
	if len(l.mistakes) > 0 {
		for i, m := range l.mistakes {
			l.mistakes[i] = printable(m)
		}
		slices.SortStableFunc(l.mistakes, func(a, b events.Mistake) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, slices.Compact(l.mistakes)
	}
	l.plan.index()
	return l.plan, nil
}

// loader is a plan while it is being read.
type loader struct {
	plan     *Plan
	files    []*yamlFile
	mistakes []events.Mistake
	types    *catalogue.Catalogue
	broken   map[string]bool // event types whose schema has mistakes: nothing is said of those who use them
	blind    bool            // no schema could be read at all
	orgs     map[string]bool // codes
	drafts   []*draft
	byID     map[string]*draft
}

func (l *loader) open(fsys fs.FS, name string) *node {
	f, root := parseYAML(fsys, name)
	l.files = append(l.files, f)
	return root
}

// loadCatalogue reads the schemas. Where some have mistakes it goes on with the others, so that the rest of the plan is
// checked all the same.
func (l *loader) loadCatalogue(fsys fs.FS) {
	types, mistakes := catalogue.Load(fsys)
	l.mistakes = mistakes
	if len(mistakes) > 0 {
		hidden := make(map[string]bool)
		for _, m := range mistakes {
			hidden[path.Base(m.File)] = true
			name, _, _ := strings.Cut(path.Base(m.File), ".")
			l.broken[name] = true
		}
		types, _ = catalogue.Load(without{fsys, hidden})
	}
	l.types, l.plan.Catalogue = types, types
	l.blind = types == nil
	l.checkStanding()
}

// without is a file system in which some of the schemas do not show.
type without struct {
	fs.FS
	hidden map[string]bool
}

// Stat looks at a file without opening it, which would wait at a pipe.
func (w without) Stat(name string) (fs.FileInfo, error) { return fs.Stat(w.FS, name) }

func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool { return w.hidden[e.Name()] }), err
}

// hash names a plan without mistakes by its content, SHA-256 over each file's name and size and what is in it, and packs
// that content.
func (l *loader) hash(fsys fs.FS) {
	names := []string{planFile, orgsFile, indicatorsFile}
	for _, t := range l.types.Types() {
		names = append(names, catalogue.Folder+"/"+t.Schema()+".json")
	}
	slices.Sort(names)
	h, pack := sha256.New(), newPacker()
	for _, name := range names {
		content, err := catalogue.ReadFile(fsys, name)
		if err != nil { // it was there a moment ago
			l.mistakes = append(l.mistakes, events.Mistake{File: name, Text: catalogue.Unreadable(err)})
			return
		}
		fmt.Fprintf(h, "%s\n%d\n", name, len(content))
		h.Write(content)
		if err := pack.add(name, content); err != nil {
			l.cannotPack(name, err)
			return
		}
	}
	archive, err := pack.close()
	if err != nil {
		l.cannotPack(planFile, err)
		return
	}
	l.plan.Hash, l.plan.Archive = hex.EncodeToString(h.Sum(nil)), archive
}

// Counts is how much a plan holds.
type Counts struct {
	Orgs, EventTypes, Indicators, Filters int
}

// Counts returns how much the plan holds, for `kaohe check` to say.
func (p *Plan) Counts() Counts {
	return Counts{Orgs: p.Orgs.Len(), EventTypes: len(p.Catalogue.Types()), Indicators: len(p.Indicators), Filters: p.filters}
}
