package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kaohe/kaohe/events/sheets"
)

// importing is one run of kaohe import.
type importing struct {
	importFlags
	c       *cli
	ctx     context.Context
	cl      *client
	options sheets.Options
	bar     *progress
	box     *outbox
	away    atomic.Bool // the server is known to be away, and what is read goes to the spool
	out     *importJSON // nil: the output is for people
	flush   func() error
	total   counts
}

// newImport finds out all that can be known before the first file is opened.
func (c *cli) newImport(ctx context.Context, cl *client, flags importFlags) (*importing, error) {
	im := &importing{importFlags: flags, c: c, ctx: ctx, cl: cl, options: flags.options(), flush: func() error { return nil }}
	im.bar = c.newProgress(false)
	var err error
	if flags.dryRun {
		im.spoolDir = "" // it keeps nothing
	}
	if im.box, err = c.outbox(cl, im.spoolDir); err != nil {
		return nil, err
	}
	if err := im.learn(); err != nil {
		return nil, err
	}
	if err := im.readMapping(); err != nil {
		return nil, err
	}
	if flags.output == "json" {
		w := bufio.NewWriter(c.stdout)
		im.out, im.flush = &importJSON{w: w, c: c}, w.Flush
	}
	return im, nil
}

// readMapping reads the mapping file, if there is one.
func (im *importing) readMapping() error {
	if im.mapping == "" {
		return nil
	}
	text, err := os.ReadFile(im.mapping)
	if err != nil {
		return im.c.errorf("读不了 --mapping 文件: %w", "cannot read the file of --mapping: %w", err)
	}
	mapping, mistakes := sheets.ParseMapping(im.mapping, text, im.options.Catalogue)
	if len(mistakes) > 0 {
		im.c.showMistakes(mistakes)
		return refused()
	}
	im.options.Mapping = mapping
	return nil
}

// run imports one file after the other. A file that cannot be used does not keep the others; a server that does not answer
// does.
func (im *importing) run(names []string) error {
	if err := im.reach(); err != nil {
		return err
	}
	im.out.begin(im.dryRun)
	var failed error
	for i, name := range names {
		f := &fileImport{importing: im, name: name, shown: im.c.shown(name), seen: newSeen(), tally: tally{lang: im.c.lang, layouts: map[string]*sheets.Layout{}}}
		failed = f.run()
		im.total.add(f.tally.counts)
		if failed != nil {
			im.notBegun(names[i+1:])
			break
		}
	}
	im.showTotal(len(names))
	err := errors.Join(im.out.end(im.total), im.flush())
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case im.total.refused+im.total.sheets+im.total.files > 0:
		return refused()
	}
	return nil
}

// notBegun names the files that an error has kept from being read.
func (im *importing) notBegun(names []string) {
	if len(names) > 0 {
		im.c.line(im.c.stderr, im.c.sayf("注意: 这些文件还没有开始: %s", "warning: these files were not begun: %s", strings.Join(names, im.c.say("、", ", "))))
	}
}

// run imports a file. What is wrong with the file itself is no error, but counted.
func (f *fileImport) run() error {
	clean, err := f.open()
	defer clean()
	if err != nil {
		err = f.notOpened(err)
		f.out.file(f.name)
		f.end(err)
		return err
	}
	defer f.remarks.close()
	if err := errors.Join(f.checkFlags(), f.checkReport()); err != nil {
		f.file.Close()
		return err
	}
	f.bar.start(f.shown, f.file.Size())
	f.out.file(f.name)
	reading, stop := context.WithCancel(f.ctx)
	rows := newBatches(reading, f.file, f.options.Catalogue, f.cl.maxBody())
	ship := &shipping{cl: f.cl, dryRun: f.dryRun, offline: f.away.Load, now: time.Now}
	err = ship.run(f.ctx, rows, f.settle)
	stop()
	if rows.over() {
		defer f.file.Close()
		f.layouts = f.file.Layouts()
	}
	f.altered = f.changed()
	if err == nil {
		f.unused()
		err = f.writeReports()
	} else {
		err = f.stopped(err)
	}
	f.end(err)
	return err
}

// end tells programs and people what came of the file.
func (f *fileImport) end(err error) {
	failure := f.failure
	if err != nil {
		failure = f.c.words(err)
	}
	var kind sheets.Kind
	if f.file != nil {
		kind = f.file.Kind()
	}
	f.out.endFile(&f.tally, kind, f.report, f.layouts, failure)
	f.show()
}
