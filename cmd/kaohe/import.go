package main

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events/sheets"
)

// importFlags are what a command line says of an import.
type importFlags struct {
	typ, sheet, org, source string
	encoding, delimiter     string
	mapping, plan           string
	reportTo, spoolDir      string
	output                  string
	dryRun, verbose         bool
}

func (c *cli) importFiles() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   c.say("import 文件 ...", "import FILE ..."),
		Short: c.say("导入表格和事件文件", "import sheets and files of events"),
		Long: c.say(`导入 Excel 表格（xlsx）、CSV（UTF-8 或 GB18030）、NDJSON 和 JSON（CloudEvents）。文件名为 - 时读标准输入。

列按方案里的中文或英文标题辨认，标题不同的用 --mapping 指明（见 kaohe help mapping）。kaohe template 写出可填的表格。
每行是哪种事件，看 --type、工作表或文件的名称、“事件类型”列；都没有写明时看列名：各列都是某一种事件的，必填的不缺，别的
事件又没有这些列，就认定是它，并说出来。

有问题的行不影响其余各行：最后列出，并另存一份标明原因的副本，改好后导入那份副本即可。
同一文件重复导入不会重复登记；中断之后再执行一遍同样的命令就能接着来。`,
			`Imports spreadsheets (xlsx), CSV (UTF-8 or GB18030), NDJSON and JSON (CloudEvents). A file called - is standard input.

Columns are known by their titles in the plan, Chinese or English; others are named by --mapping (see kaohe help mapping).
The type of event is said by --type, the name of the sheet or file, or a column "Event type". Where nothing says it the
columns do, if all are those of one type, none that it needs is missing and no other type has them all; that is told.
kaohe template writes sheets to fill in.

Rows with mistakes stop nothing: they are listed at the end, and come back in a copy of the file that says what is wrong.
Put them right there and import the copy. Importing the same file again records nothing, and an import that was interrupted
goes on when the same command is run again.`),
		Example: c.examples(
			"kaohe import projects.xlsx", "导入一份填好的表格", "import a sheet that was filled in",
			"kaohe import --dry-run *.xlsx", "先看看会怎样，什么都不登记", "see what would happen, record nothing",
			"kaohe import --type EnvoyTrainingHeld --org 450703 list.csv", "指定类型和单位", "say the type and the unit",
			"kaohe import --mapping mapping.yaml old.xlsx", "列名与方案不同的旧表", "an old sheet with titles of its own",
			"kaohe import --spool outbox facts.ndjson", "连不上服务时先存着", "keep the events while the server cannot be reached"),
	}
	f := cmd.Flags()
	server, spoolDir := c.serverFlag(cmd), c.spoolFlag(cmd)
	f.StringVar(&flags.typ, "type", "", c.say("每行是哪种事件（默认从名称和列名看出）", "type of event of every row (default: told by names and columns)"))
	f.StringVar(&flags.sheet, "sheet", "", c.say("只读这张工作表（默认读所有可见的）", "read only this sheet (default: all that can be seen)"))
	f.StringVar(&flags.mapping, "mapping", "", c.say("说明各列是什么的文件（见 kaohe help mapping）", "file that says what the columns are (see kaohe help mapping)"))
	f.StringVar(&flags.org, "org", "", c.say("没写单位的行属于哪个单位（默认为方案的默认单位）", "unit of rows that name none (default: the plan's)"))
	f.StringVar(&flags.source, "source", "", c.say("来源 URI（默认 kaohe:<单位>）", "source, a URI (default kaohe:<org>)"))
	f.Var(choice(&flags.encoding, "auto", "utf-8", "gb18030", "utf-16le", "utf-16be"), "encoding", c.say("CSV 的编码", "encoding of CSV"))
	f.Var(choice(&flags.delimiter, "auto", "comma", "semicolon", "tab"), "delimiter", c.say("CSV 的分隔符", "what stands between the cells of CSV"))
	f.BoolVar(&flags.dryRun, "dry-run", false, c.say("只检查，什么都不登记", "check only, record nothing"))
	f.StringVar(&flags.reportTo, "report", "", c.say("退回的行写进此文件（默认 文件名.退回.扩展名，有退回的行才写）", "file for the refused rows (default NAME.refused.EXT, written only if there are any)"))
	f.StringVar(&flags.plan, "plan", "", c.say("按此目录的方案读表，不问服务", "directory of the plan to read the sheets by, without asking the server"))
	f.BoolVarP(&flags.verbose, "verbose", "v", false, c.say("逐行显示读成了什么", "say of each row what was understood"))
	f.VarP(choice(&flags.output, "table", "json"), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		if len(args) == 0 {
			return c.usagef("缺少文件；标准输入用 -", "the file is missing; - is standard input")
		}
		names, err := c.inputs(args, runtime.GOOS == "windows")
		if err != nil {
			return err
		}
		if flags.reportTo != "" && len(names) > 1 {
			return c.usagef("--report 只能用于一个文件", "--report is for one file at a time")
		}
		flags.spoolDir = *spoolDir
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		ctx, restore := underSignals(cmd.Context())
		defer restore()
		im, err := c.newImport(ctx, cl, flags)
		if err != nil {
			return err
		}
		return im.run(names)
	}
	return cmd
}

// options are what the reader of a file is told.
func (flags *importFlags) options() sheets.Options {
	o := sheets.Options{Type: flags.typ, Sheet: flags.sheet, Org: flags.org, Source: flags.source}
	if flags.encoding != "auto" {
		o.Encoding = flags.encoding
	}
	o.Comma = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t'}[flags.delimiter]
	return o
}

// checkFlags refuses flags that would do nothing with the file: events say for themselves what they are.
func (f *fileImport) checkFlags() error {
	kind := f.file.Kind()
	given := ""
	for _, flag := range []struct{ name, value string }{
		{"--type", f.typ}, {"--sheet", f.sheet}, {"--org", f.org}, {"--source", f.source}, {"--mapping", f.mapping},
		{"--encoding", strings.TrimPrefix(f.encoding, "auto")}, {"--delimiter", strings.TrimPrefix(f.delimiter, "auto")},
	} {
		if flag.value != "" && given == "" {
			given = flag.name
		}
	}
	if given != "" && (kind == sheets.NDJSON || kind == sheets.JSON) {
		return f.c.usagef("%s 是事件文件，类型、单位、来源都写在事件里，用不着 %s", "%s holds events that say for themselves what they are; leave out %s", f.shown, given)
	}
	return nil
}

// checkReport refuses a name for the report that does not fit the file.
func (f *fileImport) checkReport() error {
	if f.reportTo == "" {
		return nil
	}
	if info, err := os.Stat(f.reportTo); err == nil && info.IsDir() {
		return f.c.usagef("--report 要写文件名，而 %s 是目录", "--report wants the name of a file, and %s is a directory", f.reportTo)
	}
	want := f.reports()[0].ext
	if got := filepath.Ext(f.reportTo); !strings.EqualFold(cmp.Or(got, want), want) {
		return f.c.usagef("%s 的报告应是 %s 文件，而 --report 是 %s", "the report of %s is a file %s, and --report is %s", f.shown, want, f.reportTo)
	}
	if same(f.reportTo, f.name) {
		return f.c.usagef("--report 不能是要导入的文件本身", "--report cannot be the file that is imported")
	}
	return nil
}
