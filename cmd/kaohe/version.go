package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/indicators"
)

// about is what version tells.
type about struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	PlanHash string `json:"default_plan_hash"`
}

func (c *cli) version() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: c.say("显示版本", "show the version"),
		Example: c.examples(
			"kaohe version", "版本、Go 版本和自带方案的指纹", "version, Go version and hash of the default plan",
			"kaohe version -o json", "给程序看", "for programs"),
		Args: c.noArgs,
	}
	cmd.Flags().VarP(choice(&output, "text", "json"), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(*cobra.Command, []string) error {
		a := readAbout()
		if plan, _ := indicators.Load(deploy.Plan()); plan != nil {
			a.PlanHash = plan.Hash
		}
		if output == "json" {
			return c.printJSON(a)
		}
		fmt.Fprintf(c.stdout, "kaohe %s\n", a.Version)
		if a.Revision != "" {
			fmt.Fprintf(c.stdout, "%s %s\n", c.say("修订", "revision"), a.Revision)
		}
		fmt.Fprintf(c.stdout, "%s %s\n%s %s\n", a.Go, a.Platform, c.say("自带方案", "default plan"), a.PlanHash)
		return nil
	}
	return cmd
}

func readAbout() about {
	a := about{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return a
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		a.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			a.Revision = s.Value
		case "vcs.modified":
			a.Modified = s.Value == "true"
		}
	}
	return a
}
