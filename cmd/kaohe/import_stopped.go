package main

import (
	"context"
	"errors"
	"strings"

	"github.com/kaohe/kaohe/events/sheets"
)

// notOpened takes note of a file that is none that can be imported, such as an old workbook. Anything else is an error.
func (f *fileImport) notOpened(err error) error {
	var unreadable *sheets.Error
	if !errors.As(err, &unreadable) {
		return f.c.errorf("读不了 %s: %w", "cannot read %s: %w", f.shown, err)
	}
	f.nothing(unreadable.In(f.c.lang))
	return nil
}

// unused takes note of a file of which no sheet could be used.
func (f *fileImport) unused() {
	t := &f.tally
	if kind := f.file.Kind(); t.rows > 0 || len(t.layouts) > 0 || kind != sheets.CSV && kind != sheets.XLSX {
		return
	}
	switch len(t.whole) {
	case 0:
		f.nothing(f.c.say("里面没有可读的工作表", "it has no sheet that can be read"))
	case 1:
		f.nothing(f.aboutSheet(&t.whole[0]))
	default:
		f.nothing(f.c.say("各工作表都用不上，原因如上", "none of its sheets could be used, as is said above"))
	}
}

// nothing takes note that nothing of the file was imported, and why.
func (f *fileImport) nothing(why string) {
	f.tally.files, f.tally.sheets = 1, 0 // which are told of with it
	f.failure = f.c.say("一条也没有导入：", "nothing of it was imported: ") + why
	if f.dryRun {
		f.failure = f.c.say("一条也不会导入：", "nothing of it would be imported: ") + why
	}
}

// stopped says how far a file came that did not come to its end, and how to go on. What is wrong with the file itself is no
// error, but counted.
func (f *fileImport) stopped(err error) error {
	var unreadable *sheets.Error
	switch {
	case errors.As(err, &unreadable) && f.tally.rows == 0:
		f.nothing(unreadable.In(f.c.lang))
		return nil
	case errors.As(err, &unreadable):
		f.tally.files = 1
		f.failure = f.c.sayf("没有读完：%s；", "it could not be read to its end: %s; ", unreadable.In(f.c.lang)) +
			f.howFar(f.c.say("请改好文件再导入一遍，已登记的不会重复计数", "put the file right and import it again: what is recorded is not counted twice"))
		return nil
	case errors.Is(err, context.Canceled) && f.ctx.Err() != nil:
		err = errors.New(f.c.say("已中断", "interrupted")) // which would hide what follows
	}
	return f.c.errorf("%[2]s: %[1]w\n  %[3]s", "%[2]s: %[1]w\n  %[3]s", err, f.shown,
		f.howFar(f.c.say("再执行一遍同样的命令就能接着来，已登记的不会重复计数", "run the same command again to go on: what is recorded is not counted twice")))
}

// howFar says up to which row it is known what became of the events, and how to go on.
func (f *fileImport) howFar(again string) string {
	switch {
	case f.dryRun:
		return f.c.say("这是试运行，什么都没有登记", "this was a dry run: nothing was recorded")
	case f.tally.rows == 0:
		return f.c.say("还没有登记任何一行；", "no row was recorded yet; ") + again
	}
	return f.c.sayf("到%s为止的结果如上；%s", "what is said above is known up to %s; %s", f.rowName(f.tally.last), again)
}

// aboutSheet says what there is to say of a sheet as a whole. Other files have no sheets: there it is of the file.
func (f *fileImport) aboutSheet(r *refusal) string {
	s := strings.Join(r.lines(f.c), f.c.say("；", "; "))
	if r.row.sheet == "" {
		return s
	}
	return f.rowName(r.row) + f.c.say("：", ": ") + s
}
