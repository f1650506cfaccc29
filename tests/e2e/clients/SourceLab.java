import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.sourcelab.kafka.connect.apiclient.Configuration;
import org.sourcelab.kafka.connect.apiclient.KafkaConnectClient;
import org.sourcelab.kafka.connect.apiclient.request.dto.ConnectorPluginConfigDefinition;
import org.sourcelab.kafka.connect.apiclient.request.dto.NewConnectorDefinition;
import org.sourcelab.kafka.connect.apiclient.rest.exceptions.InvalidRequestException;
import org.sourcelab.kafka.connect.apiclient.rest.exceptions.ResourceNotFoundException;

/** SourceLab URL NAME FILE TOPIC: every call of the client that does not need TLS; ends with status 1 at the first that goes wrong. */
public final class SourceLab {
    private static void check(boolean right, String what) {
        if (!right) throw new AssertionError(what);
        System.out.println("ok " + what);
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        final long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) Thread.sleep(50);
        check(condition.getAsBoolean(), what);
    }

    public static void main(String[] arguments) throws Exception {
        final String name = arguments[1];
        final KafkaConnectClient client = new KafkaConnectClient(new Configuration(arguments[0]));
        final Map<String, String> config = Map.of("connector.class", "org.apache.kafka.connect.file.FileStreamSourceConnector", "file", arguments[2],
                                                  "topic", arguments[3], "tasks.max", "1");

        check(client.getConnectServerVersion().getVersion().startsWith("4."), "version");
        check(client.getConnectorPlugins().stream().anyMatch(p -> p.getClassName().equals(config.get("connector.class"))), "plugins");
        final var results = client.validateConnectorPluginConfig(
            ConnectorPluginConfigDefinition.newBuilder().withName("FileStreamSourceConnector").withConfig(config).build());
        check(results.getName().equals(config.get("connector.class")), "validation");
        try {
            client.addConnector(NewConnectorDefinition.newBuilder().withName(name).withConfig("topic", "t").build());
            check(false, "a configuration without a class is refused");
        } catch (InvalidRequestException refused) {
            check(refused.getErrorCode() == 400, "a configuration without a class is refused");
        }
        final var added = client.addConnector(NewConnectorDefinition.newBuilder().withName(name).withConfig(config).build());
        check(added.getName().equals(name) && added.getConfig().get("topic").equals(arguments[3]), "add");
        await(() -> {
            try {
                final var status = client.getConnectorStatus(name);
                return status.getConnector().get("state").equals("RUNNING") && status.getTasks().size() == 1;
            } catch (ResourceNotFoundException notYet) {
                return false;
            }
        }, "status");
        check(client.getConnectors().contains(name), "list");
        check(client.getConnectorsWithExpandedStatus().getStatusForConnector(name) != null, "list with statuses");
        check(client.getConnectorsWithExpandedInfo().getDefinitionForConnector(name) != null, "list with definitions");
        check(client.getConnectorsWithAllExpandedMetadata().getConnectorNames().contains(name), "list with everything");
        check(client.getConnector(name).getType().equals("source"), "connector");
        check(client.getConnectorConfig(name).get("file").equals(arguments[2]), "config");
        check(client.getConnectorTasks(name).size() == 1, "tasks");
        await(() -> client.getConnectorTaskStatus(name, 0).getState().equals("RUNNING"), "task status");
        await(() -> client.getConnectorTopics(name).getTopics().contains(arguments[3]), "topics");
        check(client.pauseConnector(name), "pause");
        await(() -> client.getConnectorTaskStatus(name, 0).getState().equals("PAUSED"), "paused");
        check(client.resetConnectorTopics(name), "reset of topics");
        check(client.resumeConnector(name), "resume");
        await(() -> client.getConnectorTaskStatus(name, 0).getState().equals("RUNNING"), "running");
        check(client.restartConnector(name), "restart");
        check(client.restartConnectorTask(name, 0), "restart of the task");
        final Map<String, String> changed = new java.util.HashMap<>(config);
        changed.put("batch.size", "77");
        check(client.updateConnectorConfig(name, changed).getConfig().get("batch.size").equals("77"), "update");
        check(client.deleteConnector(name), "delete");
        await(() -> !client.getConnectors().contains(name), "gone");
        try {
            client.getConnector(name);
            check(false, "what is gone is not found");
        } catch (ResourceNotFoundException gone) {
            check(true, "what is gone is not found");
        }
    }
}
