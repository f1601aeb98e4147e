package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kaohe/kaohe/events"
)

// root builds the command tree in the user's language.
func (c *cli) root() *cobra.Command {
	var color string
	root := &cobra.Command{
		Use:   "kaohe",
		Short: c.say("在还来得及的时候，告诉单位哪些年度、季度指标将要落空", "Tells a public body, while there is still time, which targets it is about to miss"),
		Example: c.examples(
			"kaohe demo", "看一个县区 2018 年第一季度的示例", "the seed quarter of one district",
			"kaohe serve", "启动服务", "start the daemon",
			"kaohe emit PatentGranted kind=invention patent_no=ZL201510000001.1 --time 2018-03-20", "登记一件事", "record a fact",
			"kaohe gaps", "看差距，最落后的在前", "see what is short of its target, worst first"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return c.unknownCommand(cmd, args[0])
		},
		PersistentPreRunE: func(*cobra.Command, []string) error {
			c.color = color == "always" || color == "auto" && c.env("NO_COLOR") == "" && c.env("TERM") != "dumb" && terminal(c.stdout)
			return nil
		},
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(io.Discard) // what goes wrong is said by run, once
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return c.flagError(err) })
	root.SetUsageTemplate(c.usageTemplate())
	root.SetHelpTemplate("{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}\n\n{{end}}{{.UsageString}}")
	root.PersistentFlags().Var(langValue{&c.lang}, "lang", c.say("语言（默认取自 LC_ALL、LC_MESSAGES、LANG）", "language (default from LC_ALL, LC_MESSAGES, LANG)"))
	root.PersistentFlags().Lookup("lang").DefValue = ""
	root.PersistentFlags().Var(choice(&color, "auto", "always", "never"), "color", c.say("颜色和框线", "colours and lines"))
	root.AddCommand(c.demo(), c.serve(), c.token(), c.emit(), c.importFiles(), c.template(), c.void(), c.correct(), c.nilReport(), c.closeQuarter(), c.restatedQuarter(), c.gaps(), c.explain(), c.findings(), c.targets(), c.check(), c.initCommand(), c.health(), c.version(), c.openapi(), c.asyncapi(), c.backfill(), c.flush(), c.connectionHelp(), c.mappingHelp())
	root.SetHelpCommand(c.help(root))
	c.localise(root)
	return root
}

// help is the command that does what --help does.
func (c *cli) help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error {
		cmd, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return c.unknownCommand(root, args[0])
		}
		return cmd.Help()
	}}
}

// localise says in the user's language what cobra would say in English: the help flag, defaults, the usage line.
func (c *cli) localise(cmd *cobra.Command) {
	cmd.Flags().BoolP("help", "h", false, c.say("显示帮助", "show this help"))
	cmd.DisableFlagsInUseLine = true
	if cmd.HasParent() {
		cmd.Use += c.say(" [选项]", " [flags]")
	}
	defaults := func(f *pflag.Flag) {
		if f.DefValue != "" && f.DefValue != "false" {
			f.Usage += c.sayf("（默认 %s）", " (default %s)", f.DefValue)
		}
		if f.DefValue = ""; f.Value.Type() == "int" {
			f.DefValue = "0" // what the library takes for no default
		}
	}
	cmd.Flags().VisitAll(defaults)
	cmd.PersistentFlags().VisitAll(defaults)
	for _, sub := range cmd.Commands() {
		c.localise(sub)
	}
}

func (c *cli) unknownCommand(root *cobra.Command, name string) error {
	var known []string
	for _, sub := range root.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
		}
	}
	if near := events.Suggest(name, known); near != "" {
		return c.usagef("没有命令 %q，是不是 %q？", "no command %q; did you mean %q?", name, near)
	}
	return c.usagef("没有命令 %q，可用的有: %s", "no command %q; there are: %s", name, strings.Join(known, ", "))
}

// examples lays out triples of a command line and what it does, in Chinese and in English.
func (c *cli) examples(triples ...string) string {
	var b strings.Builder
	for i := 0; i+2 < len(triples); i += 3 {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("  # " + c.say(triples[i+1], triples[i+2]) + "\n  " + triples[i])
	}
	return b.String()
}

func (c *cli) usageTemplate() string {
	t := `{{LUsage}}
  {{if .Runnable}}{{.UseLine}}{{else}}{{.CommandPath}}{{end}}{{if .HasAvailableSubCommands}} {{LCommand}}{{end}}{{if .HasExample}}

{{LExamples}}
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

{{LCommands}}{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

{{LFlags}}
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

{{LGlobal}}
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
	return strings.NewReplacer(
		"{{LUsage}}", c.say("用法:", "Usage:"), "{{LCommand}}", c.say("命令", "COMMAND"),
		"{{LExamples}}", c.say("示例:", "Examples:"), "{{LCommands}}", c.say("命令:", "Commands:"),
		"{{LFlags}}", c.say("选项:", "Flags:"), "{{LGlobal}}", c.say("通用选项:", "Global flags:"),
	).Replace(t)
}

// noArgs refuses arguments where a command takes none, exactArgs any number but n.
func (c *cli) noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return c.usagef("多余的参数 %q", "unexpected argument %q", args[0])
	}
	return nil
}
