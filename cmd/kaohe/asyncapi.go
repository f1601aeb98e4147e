package main

import (
	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/indicators/contract"
)

func (c *cli) asyncapi() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "asyncapi",
		Short: c.say("输出 NATS 上事件的 AsyncAPI 文档", "write the AsyncAPI document of the events over NATS"),
		Long: c.say(`输出方案中全部事件的 AsyncAPI 3.0 文档：发往哪个主题、在哪个主题上听、数据的 JSON Schema，标题中英文并列。
文档由方案生成，不需要服务在运行。`,
			`Writes an AsyncAPI 3.0 document of all events of a plan: the subjects to send to and to listen on, and the JSON Schema of
the data, with titles in Chinese and English. It is made of the plan; no server is asked.`),
		Example: c.examples(
			"kaohe asyncapi > asyncapi.yaml", "自带方案的文档", "the document of the default plan",
			"kaohe asyncapi --plan plan/ -o json", "改过的方案，JSON 格式", "that of an edited one, in JSON"),
		Args: c.noArgs,
	}
	return c.writesDocument(cmd, contract.AsyncAPI, "yaml", "json")
}

func (c *cli) openapi() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "openapi",
		Short: c.say("输出 HTTP 接口的 OpenAPI 文档", "write the OpenAPI document of the HTTP interface"),
		Long: c.say(`输出 HTTP 接口的 OpenAPI 3.1 文档，包括方案中全部事件的 JSON Schema。运行中的服务在 /openapi.json 给出同样的文档。`,
			`Writes the OpenAPI 3.1 document of the HTTP interface, with the JSON Schemas of all events of a plan. A running server
answers with the same at /openapi.json.`),
		Example: c.examples(
			"kaohe openapi > openapi.json", "自带方案的文档", "the document of the default plan",
			"kaohe openapi --plan plan/ -o yaml", "改过的方案，YAML 格式", "that of an edited one, in YAML"),
		Args: c.noArgs,
	}
	return c.writesDocument(cmd, contract.OpenAPI, "json", "yaml")
}

// writesDocument makes a command write a document of a plan, in the first of its formats unless another is asked for.
func (c *cli) writesDocument(cmd *cobra.Command, document func(contract.Options) ([]byte, error), formats ...string) *cobra.Command {
	var dir, output string
	cmd.Flags().StringVar(&dir, "plan", "", c.say("方案目录（默认用自带方案）", "directory of the plan (default: the built-in one)"))
	cmd.Flags().VarP(choice(&output, formats[0], formats[1:]...), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		plan, err := c.loadPlan(dir)
		if err != nil {
			return err
		}
		text, err := document(contract.Options{Plan: plan, Version: readAbout().Version, Examples: app.Examples()})
		if err == nil && output == "yaml" {
			text, err = yaml.JSONToYAML(text)
		}
		if err != nil {
			return err
		}
		_, err = c.stdout.Write(text)
		return err
	}
	return cmd
}
